/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.ferrule.web.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Answers requests when a test says so, in all the ways there are, and listens to their
 * cancellation meanwhile. A request is known by its header {@code x-id}.
 */
@RestController
public class HeldRequests {

	private final Map<String, Held> calls = new ConcurrentHashMap<>();

	/**
	 * Returns a request, which may come later.
	 * @param id id of the request
	 * @return the request
	 */
	public Held call(String id) {
		return this.calls.computeIfAbsent(id, (key) -> new Held());
	}

	private Held hold(String id) {
		Held call = call(id);
		CallContext context = CurrentCallContext.get();
		context.cancellation().onCancel((cause) -> {
			call.cause().complete(cause);
			call.answer().cancel(false);
		});
		call.arrival().complete(null);
		return call;
	}

	@RequestMapping("/fast")
	String fast(@RequestHeader("x-id") String id) {
		return "fast " + id;
	}

	@RequestMapping("/future")
	CompletableFuture<String> future(@RequestHeader("x-id") String id, @RequestBody(required = false) byte[] body) {
		return hold(id).answer();
	}

	@RequestMapping("/deferred")
	DeferredResult<String> deferred(@RequestHeader("x-id") String id, @RequestBody(required = false) byte[] body) {
		DeferredResult<String> result = new DeferredResult<>(60_000L);
		hold(id).answer().whenComplete((answer, failure) -> {
			if (answer != null) {
				result.setResult(answer);
			}
		});
		return result;
	}

	@RequestMapping("/block")
	String block(@RequestHeader("x-id") String id, @RequestBody(required = false) byte[] body) {
		return hold(id).answer().join();
	}

	@RequestMapping("/unread")
	String unread(@RequestHeader("x-id") String id) {
		return hold(id).answer().join();
	}

	@Bean
	ServletRegistrationBean<HttpServlet> raw() {
		return new ServletRegistrationBean<>(new Raw(), "/raw");
	}

	/**
	 * A request on the side of the server.
	 *
	 * @param arrival done when the handler waits
	 * @param answer what the handler answers
	 * @param cause why it was cancelled
	 */
	public record Held(CompletableFuture<Void> arrival, CompletableFuture<String> answer,
			CompletableFuture<CancellationCause> cause) {

		Held() {
			this(new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>());
		}

	}

	private final class Raw extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().readAllBytes();
			AsyncContext async = request.startAsync();
			async.setTimeout(60_000);
			CallContext context = TelemetryContextFilter.of(request).get();
			hold(context.metadata().first("x-id")).answer().whenComplete((answer, failure) -> {
				if (answer != null) {
					write(response, answer);
				}
				async.complete();
			});
		}

		private static void write(HttpServletResponse response, String answer) {
			try {
				response.setContentType("text/plain");
				response.getOutputStream().print(answer);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
