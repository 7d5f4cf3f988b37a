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

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.RawHttp2;
import jakarta.servlet.ServletRegistration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that do not take their answers: outcomes come on one thread here, which must
 * not wait for any of them.
 */
class OtlpHttpStalledClientTests {

	private static final int STALLED = 8;

	private static final Map<String, String> HEADERS = Map.of("content-type", "application/x-protobuf");

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat.Group servers = new OtlpTomcat.Group();

	private final List<RawHttp2> stalled = new ArrayList<>();

	@AfterEach
	void stop() {
		this.stalled.forEach(RawHttp2::drop);
		this.stalled.forEach(RawHttp2::close);
		this.servers.close();
		this.engine.close();
	}

	@Test
	void innocentClientIsAnsweredBesideThoseThatDoNotRead() throws Exception {
		innocentClientIsAnswered(start(Duration.ofSeconds(30)).baseUrl());
	}

	@Test
	void innocentClientIsAnsweredOnJettyToo() throws Exception {
		JettyServletWebServerFactory factory = new JettyServletWebServerFactory(0);
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		factory.setHttp2(http2);
		OtlpHttpServlet servlet = servlet(Duration.ofSeconds(30));
		WebServer server = factory.getWebServer((context) -> {
			ServletRegistration.Dynamic registration = context.addServlet("otlp", servlet);
			registration.addMapping(servlet.urlMappings());
			registration.setAsyncSupported(true);
		});
		server.start();
		try {
			innocentClientIsAnswered(URI.create("http://127.0.0.1:" + server.getPort()));
		}
		finally {
			this.stalled.forEach(RawHttp2::drop);
			server.stop();
		}
	}

	private void innocentClientIsAnswered(URI server) throws Exception {
		stall(server);
		long began = System.nanoTime();
		try (RawHttp http = new RawHttp(server)) {
			http.send("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
		try (RawHttp2 http = new RawHttp2(server)) {
			RawHttp2.Answer answer = http.call("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			assertThat(answer.fields()).containsEntry(":status", "200");
			assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("some were refused");
		}
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
	}

	@Test
	void clientThatNeverReadsIsCutOff() throws Exception {
		List<RawHttp2.Call> calls = stall(start(Duration.ofSeconds(1)).baseUrl());
		for (RawHttp2.Call call : calls) {
			assertThat(call.result().get(15, TimeUnit.SECONDS).resetCode()).isNotNegative();
		}
	}

	private OtlpTomcat start(Duration deadline) {
		return this.servers.add(servlet(deadline));
	}

	private OtlpHttpServlet servlet(Duration deadline) {
		this.engine.behave(FakeEngine.Behaviour.answers(1, "some were refused"));
		return new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(),
				OtlpHttpOptions.defaults().withDefaultDeadline(deadline));
	}

	private List<RawHttp2.Call> stall(URI server) throws InterruptedException {
		List<RawHttp2.Call> calls = new ArrayList<>();
		for (int i = 0; i < STALLED; i++) {
			RawHttp2 http = RawHttp2.withoutWindow(server);
			this.stalled.add(http);
			calls.add(http.post("/v1/traces", HEADERS, VectorBodies.request(100)));
		}
		await().untilAsserted(() -> assertThat(this.engine.calls()).hasSize(STALLED));
		return calls;
	}

}
