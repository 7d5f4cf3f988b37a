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
import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.web.servlet.HeldRequests;
import dev.ferrule.web.servlet.HeldRequests.Held;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
		server = JettyApplication.start("ferrule.cancellation.jetty.enabled=true",
				"server.jetty.connection-idle-timeout=300ms");
		requests = server.context().getBean(HeldRequests.class);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /future", "POST, /future", "GET, /block", "POST, /block" })
	void clientThatLeavesIsNoticed(String method, String path) throws Exception {
		String id = method + path;
		try (RawHttp client = new RawHttp(server.base())) {
			client.send(method, path, id(id), body(method));
			requests.call(id).arrival().get(20, TimeUnit.SECONDS);
		}
		assertThat(requests.call(id).cause().get(20, TimeUnit.SECONDS)).isEqualTo(CancellationCause.CLIENT);
	}

	@RepeatedTest(40)
	void pipelinedRequestsAreAnsweredInOrder(RepetitionInfo repetition) throws Exception {
		String method = (repetition.getCurrentRepetition() % 2 == 0) ? "GET" : "POST";
		String path = (repetition.getCurrentRepetition() % 4 < 2) ? "/future" : "/block";
		String id = "pipelined" + repetition.getCurrentRepetition();
		try (RawHttp client = new RawHttp(server.base())) {
			client.send(method, path, id(id), body(method));
			requests.call(id).arrival().get(20, TimeUnit.SECONDS);
			// Half of the answers race with what is sent ahead.
			CompletableFuture<Void> answer = (repetition.getCurrentRepetition() % 8 < 4)
					? CompletableFuture.runAsync(() -> requests.call(id).answer().complete(id))
					: new CompletableFuture<>();
			client.send("POST", "/fast", id("second"), body("POST"));
			client.send("GET", "/fast", id("third"), null);
			answer.complete(null);
			requests.call(id).answer().complete(id);
			assertAnswer(client, id);
			assertAnswer(client, "fast second");
			assertAnswer(client, "fast third");
			client.send("GET", "/fast", id("fourth"), null);
			assertAnswer(client, "fast fourth");
		}
		assertThat(requests.call(id).cause()).isNotDone();
	}

	@RepeatedTest(4)
	void connectionIsUsedAgainAndAgain(RepetitionInfo repetition) throws Exception {
		try (RawHttp client = new RawHttp(server.base())) {
			for (int i = 0; i < 50; i++) {
				String id = "again" + repetition.getCurrentRepetition() + "-" + i;
				client.send("POST", "/future", id(id), body("POST"));
				if (i % 2 == 0) {
					requests.call(id).arrival().get(20, TimeUnit.SECONDS);
				}
				requests.call(id).answer().complete(id);
				assertAnswer(client, id);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/future", "/block" })
	void requestOutlivesTheIdleTimeoutOfItsConnection(String path) throws Exception {
		try (ParkingServer impatient = JettyApplication.start("ferrule.cancellation.jetty.enabled=true",
				"server.jetty.connection-idle-timeout=1s"); RawHttp client = new RawHttp(impatient.base())) {
			Held held = impatient.context().getBean(HeldRequests.class).call("held");
			client.send("GET", "/fast", id("first"), null);
			assertAnswer(client, "fast first");
			client.send("GET", path, id("held"), null);
			held.arrival().get(20, TimeUnit.SECONDS);
			CompletableFuture.runAsync(() -> held.answer().complete("held"),
					CompletableFuture.delayedExecutor(2500, TimeUnit.MILLISECONDS));
			assertAnswer(client, "held");
			client.send("GET", "/fast", id("next"), null);
			assertAnswer(client, "fast next");
			assertThat(held.cause()).isNotDone();
		}
	}

	private static Map<String, String> id(String id) {
		return Map.of("x-id", id);
	}

	private static byte @Nullable [] body(String method) {
		return "POST".equals(method) ? BODY.getBytes(StandardCharsets.US_ASCII) : null;
	}

	private static void assertAnswer(RawHttp client, String text) throws Exception {
		assertThat(new String(client.read("GET").body(), StandardCharsets.US_ASCII)).isEqualTo(text);
	}

}
