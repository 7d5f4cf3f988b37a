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
import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.testsupport.TestingPipeline;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Hands spans to the engine under the context of the request in all the ways there are,
 * and does nothing for cancellation.
 */
@RestController
public class SpansController {

	private final TelemetryEngine engine;

	SpansController(TelemetryEngine engine) {
		this.engine = engine;
	}

	@PostMapping("/spans")
	CompletableFuture<String> spans(@RequestBody byte[] json, CallContext context) {
		return submit(json, context).thenApply((result) -> "accepted");
	}

	@PostMapping("/spans/blocking")
	String blocking(@RequestBody byte[] json, CallContext context) throws Exception {
		submit(json, context).get();
		return "accepted";
	}

	@PostMapping("/spans/deferred")
	DeferredResult<String> deferred(@RequestBody byte[] json) {
		DeferredResult<String> deferred = new DeferredResult<>();
		submit(json, CurrentCallContext.get()).whenComplete((result, failure) -> {
			if (failure != null) {
				deferred.setErrorResult(failure);
			}
			else {
				deferred.setResult("accepted");
			}
		});
		return deferred;
	}

	@Bean
	ServletRegistrationBean<HttpServlet> spansServlet() {
		return new ServletRegistrationBean<>(new SpansServlet(), "/spans/servlet");
	}

	private CompletableFuture<ExportResult> submit(byte[] json, CallContext context) {
		return this.engine.submit(TestingPipeline.payload(json), context);
	}

	private final class SpansServlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			byte[] json = request.getInputStream().readAllBytes();
			AsyncContext async = request.startAsync();
			submit(json, CurrentCallContext.get()).whenComplete((result, failure) -> async.complete());
		}

	}

}
