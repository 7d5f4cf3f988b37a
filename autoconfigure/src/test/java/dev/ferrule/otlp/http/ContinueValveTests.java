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

package dev.ferrule.otlp.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.testsupport.RawHttp;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ContinueValve} beside other servlets.
 */
class ContinueValveTests {

	private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/x-protobuf", "Expect",
			"100-continue", "Content-Length", "4");

	private final FakeEngine engine = new FakeEngine();

	private WebServer server;

	@BeforeEach
	void start() {
		OtlpHttpServlet otlp = new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(),
				OtlpHttpOptions.defaults());
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		factory.addConnectorCustomizers(ContinueValve::defer);
		factory.addContextCustomizers((context) -> context.getPipeline().addValve(new ContinueValve()));
		this.server = factory.getWebServer((context) -> {
			ServletRegistration.Dynamic registration = context.addServlet("otlp", otlp);
			registration.addMapping(otlp.urlMappings());
			registration.setAsyncSupported(true);
			context.addServlet("blocking", new Blocking()).addMapping("/blocking");
			ServletRegistration.Dynamic reading = context.addServlet("reading", new Reading());
			reading.addMapping("/reading");
			reading.setAsyncSupported(true);
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop();
		this.server.destroy();
		this.engine.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/blocking", "/reading" })
	void otherServletsAreContinuedAtOnce(String path) throws Exception {
		try (RawHttp http = connect()) {
			http.send("POST", path, HEADERS, null);
			http.awaitContinue();
			http.write("body");
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
	}

	@Test
	void refusedOtlpRequestIsNotContinued() throws Exception {
		try (RawHttp http = connect()) {
			http.send("GET", "/v1/traces", HEADERS, null);
			RawHttp.Answer answer = http.read("GET");
			assertThat(answer.status()).isEqualTo(405);
			assertThat(answer.continued()).isFalse();
		}
	}

	private RawHttp connect() throws IOException {
		RawHttp http = new RawHttp(URI.create("http://127.0.0.1:" + this.server.getPort()));
		http.waitAtMost(Duration.ofSeconds(10));
		return http;
	}

	/**
	 * Reads with its thread.
	 */
	private static final class Blocking extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().readAllBytes();
		}

	}

	/**
	 * Reads without blocking a thread.
	 */
	private static final class Reading extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			AsyncContext async = request.startAsync();
			ServletInputStream input = request.getInputStream();
			input.setReadListener(new ReadListener() {

				@Override
				public void onDataAvailable() throws IOException {
					while (input.isReady() && input.read() >= 0) {
						continue;
					}
				}

				@Override
				public void onAllDataRead() {
					async.complete();
				}

				@Override
				public void onError(Throwable error) {
					async.complete();
				}

			});
		}

	}

}
