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

package dev.ferrule.web.tomcat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.autoconfigure.FerruleOtlpHttpAutoConfiguration;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Handlers that submit to the engine and wait for it, and do nothing for cancellation.
 */
@RestController
@ImportAutoConfiguration({ FerruleAutoConfiguration.class, FerruleOtlpHttpAutoConfiguration.class })
class EngineHandlers {

	/** A request with one span, as OTLP over HTTP takes it. */
	static final String SPAN = """
			{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",\
			"spanId":"eee19b7ec3c1b174","name":"span"}]}]}]}""";

	private final TelemetryEngine engine;

	EngineHandlers(TelemetryEngine engine) {
		this.engine = engine;
	}

	private CompletableFuture<ExportResult> submit() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, SPAN.getBytes(StandardCharsets.UTF_8))
			.with(PayloadEncoding.JSON, ContentCoding.IDENTITY);
		return this.engine.submit(payload, CurrentCallContext.get());
	}

	@RequestMapping("/engine/future")
	CompletableFuture<String> future(@RequestBody(required = false) byte[] body) {
		return submit().thenApply((result) -> "done");
	}

	@RequestMapping("/engine/deferred")
	DeferredResult<String> deferred(@RequestBody(required = false) byte[] body) {
		DeferredResult<String> deferred = new DeferredResult<>();
		submit().whenComplete((result, failure) -> {
			if (failure != null) {
				deferred.setErrorResult(failure);
			}
			else {
				deferred.setResult("done");
			}
		});
		return deferred;
	}

	@RequestMapping("/engine/block")
	String block(@RequestBody(required = false) byte[] body) throws Exception {
		submit().get();
		return "done";
	}

	@Bean
	ServletRegistrationBean<HttpServlet> engineRaw() {
		ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(new Raw(), "/engine/raw");
		registration.setName("engineRaw");
		registration.setAsyncSupported(true);
		return registration;
	}

	private final class Raw extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().readAllBytes();
			AsyncContext async = request.startAsync();
			submit().whenComplete((result, failure) -> async.complete());
		}

	}

}
