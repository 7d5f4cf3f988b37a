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

package dev.ferrule.web.jetty;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.otlp.RawHttp;
import dev.ferrule.web.ParkingServer;
import dev.ferrule.web.servlet.HeldRequests;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that connections whose clients stay work as without {@link DisconnectHandler}.
 * They need the library with nodes for tests.
 */
class JettyConnectionFaultTests {

	private static final String BODY = "z".repeat(5000);

	private static ParkingServer server;

	private static HeldRequests requests;

	@BeforeAll
	static void start() {
		server = new ParkingServer(WebApplicationType.SERVLET, JettyApplication.class,
				"ferrule.cancellation.jetty.enabled=true", "server.jetty.connection-idle-timeout=300ms");
		requests = server.context().getBean(HeldRequests.class);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /held", "POST, /held", "GET, /blocked", "POST, /blocked" })
	void clientThatLeavesIsNoticed(String method, String path) throws Exception {
		String id = method + path;
		try (RawHttp client = new RawHttp(server.base())) {
			client.send(method, path + "?id=" + id, Map.of(), body(method));
			requests.arrival(id).get(20, TimeUnit.SECONDS);
		}
		assertThat(requests.cancellation(id).get(20, TimeUnit.SECONDS)).isEqualTo(CancellationCause.CLIENT);
	}

	@RepeatedTest(40)
	void pipelinedRequestsAreAnsweredInOrder(RepetitionInfo repetition) throws Exception {
		String method = (repetition.getCurrentRepetition() % 2 == 0) ? "GET" : "POST";
		String path = (repetition.getCurrentRepetition() % 4 < 2) ? "/held" : "/blocked";
		String id = "pipelined" + repetition.getCurrentRepetition();
		try (RawHttp client = new RawHttp(server.base())) {
			client.send(method, path + "?id=" + id, Map.of(), body(method));
			requests.arrival(id).get(20, TimeUnit.SECONDS);
			// Half of the answers race with what is sent ahead.
			CompletableFuture<Void> answer = (repetition.getCurrentRepetition() % 8 < 4)
					? CompletableFuture.runAsync(() -> requests.release(id)) : new CompletableFuture<>();
			client.send("POST", "/fast?id=second", Map.of(), BODY.getBytes(StandardCharsets.US_ASCII));
			client.send("GET", "/fast?id=third", Map.of(), null);
			answer.complete(null);
			requests.release(id);
			assertAnswer(client, id);
			assertAnswer(client, "second");
			assertAnswer(client, "third");
			client.send("GET", "/fast?id=fourth", Map.of(), null);
			assertAnswer(client, "fourth");
		}
		assertThat(requests.cancellation(id)).isNotDone();
	}

	@RepeatedTest(4)
	void connectionIsUsedAgainAndAgain(RepetitionInfo repetition) throws Exception {
		try (RawHttp client = new RawHttp(server.base())) {
			for (int i = 0; i < 50; i++) {
				String id = "again" + repetition.getCurrentRepetition() + "-" + i;
				client.send("POST", "/held?id=" + id, Map.of(), body("POST"));
				if (i % 2 == 0) {
					requests.arrival(id).get(20, TimeUnit.SECONDS);
				}
				requests.release(id);
				assertAnswer(client, id);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/held", "/blocked" })
	void requestOutlivesTheIdleTimeoutOfItsConnection(String path) throws Exception {
		try (ParkingServer impatient = new ParkingServer(WebApplicationType.SERVLET, JettyApplication.class,
				"ferrule.cancellation.jetty.enabled=true", "server.jetty.connection-idle-timeout=1s");
				RawHttp client = new RawHttp(impatient.base())) {
			HeldRequests held = impatient.context().getBean(HeldRequests.class);
			client.send("GET", "/fast?id=first", Map.of(), null);
			assertAnswer(client, "first");
			client.send("GET", path + "?id=held", Map.of(), null);
			held.arrival("held").get(20, TimeUnit.SECONDS);
			CompletableFuture.runAsync(() -> held.release("held"),
					CompletableFuture.delayedExecutor(2500, TimeUnit.MILLISECONDS));
			assertAnswer(client, "held");
			client.send("GET", "/fast?id=next", Map.of(), null);
			assertAnswer(client, "next");
			assertThat(held.cancellation("held")).isNotDone();
		}
	}

	private static byte @Nullable [] body(String method) {
		return "POST".equals(method) ? BODY.getBytes(StandardCharsets.US_ASCII) : null;
	}

	private static void assertAnswer(RawHttp client, String text) throws Exception {
		assertThat(new String(client.read("GET").body(), StandardCharsets.US_ASCII)).isEqualTo(text);
	}

}
