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

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.web.servlet.HeldRequests.Held;
import dev.ferrule.web.tomcat.DisconnectApp.Body;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that connections to Tomcat do all they are used to although they are watched.
 */
class TomcatKeepAliveTests extends DisconnectTestBase {

	private static final int ROUNDS = 3;

	static Stream<Arguments> pipelines() {
		List<String> paths = List.of("/future", "/deferred", "/raw", "/block");
		return paths.stream()
			.flatMap((path) -> EnumSet.allOf(Body.class)
				.stream()
				.flatMap((body) -> Arrays.stream(Moment.values()).map((moment) -> Arguments.of(path, body, moment))));
	}

	@ParameterizedTest
	@MethodSource("pipelines")
	void pipelinedRequestsAreAnsweredInOrder(String path, Body body, Moment moment) throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			pipeline(plain, path, body, moment);
		}
	}

	@ParameterizedTest
	@MethodSource("pipelines")
	void pipelinedRequestsAreAnsweredInOrderWithTls(String path, Body body, Moment moment) throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			pipeline(tls, path, body, moment);
		}
	}

	// Several requests on one connection: the first waits for the test, the others come
	// while it waits, or as its answer is written, and one of them in two pieces.
	private static void pipeline(DisconnectApp app, String path, Body body, Moment moment) throws Exception {
		String id = UUID.randomUUID().toString();
		Held first = app.call(id + "-a");
		app.call(id + "-c").answer().complete("future " + id + "-c");
		app.call(id + "-d").answer().complete("future " + id + "-d");
		app.call(id + "-e").answer().complete("future " + id + "-e");
		try (RawHttp client = app.connect()) {
			String request = body.bytes(client, path, id + "-a");
			String more = Body.NONE.bytes(client, "/fast", id + "-b") + Body.NONE.bytes(client, "/future", id + "-c");
			String last = Body.LENGTH.bytes(client, "/block", id + "-d");
			if (moment == Moment.AT_ONCE) {
				client.write(request + more + last.substring(0, 60));
				DisconnectApp.await(first.arrival());
				client.write(last.substring(60));
				first.answer().complete("first " + id);
			}
			else {
				client.write(request);
				DisconnectApp.await(first.arrival());
				if (moment == Moment.WAITING) {
					client.write(more + last.substring(0, 60));
					client.write(last.substring(60));
					first.answer().complete("first " + id);
				}
				else {
					CompletableFuture<Void> answered = CompletableFuture
						.runAsync(() -> first.answer().complete("first " + id));
					client.write(more + last.substring(0, 60));
					client.write(last.substring(60));
					answered.join();
				}
			}
			assertThat(answer(client)).isEqualTo("first " + id);
			assertThat(answer(client)).isEqualTo("fast " + id + "-b");
			assertThat(answer(client)).isEqualTo("future " + id + "-c");
			assertThat(answer(client)).isEqualTo("future " + id + "-d");
			Body.CHUNKED.send(client, "/deferred", id + "-e");
			assertThat(answer(client)).isEqualTo("future " + id + "-e");
		}
		assertThat(first.cause()).isNotDone();
	}

	private static String answer(RawHttp client) throws Exception {
		RawHttp.Answer answer = client.read("GET");
		assertThat(answer.status()).isEqualTo(200);
		return new String(answer.body(), StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/future", "/deferred", "/raw", "/block" })
	void requestOutlivesTheTimeoutsOfItsConnection(String path) throws Exception {
		try (DisconnectApp app = new DisconnectApp("server.tomcat.connection-timeout=300ms",
				"server.tomcat.keep-alive-timeout=700ms")) {
			Held call = app.call("long");
			Held probe = app.call("probe");
			try (RawHttp client = app.connect(); RawHttp idle = app.connect()) {
				Body.LENGTH.send(client, path, "long");
				DisconnectApp.await(call.arrival());
				// An idle connection that has come later is closed: the timeouts of
				// the first one have passed as well, twice
				assertThat(idle.isClosedByServer()).isTrue();
				try (RawHttp second = app.connect()) {
					assertThat(second.isClosedByServer()).isTrue();
				}
				call.answer().complete("late");
				assertThat(answer(client)).isEqualTo("late");
				probe.answer().complete("again");
				Body.NONE.send(client, "/future", "probe");
				assertThat(answer(client)).isEqualTo("again");
				assertThat(client.isClosedByServer()).isTrue();
			}
			assertThat(call.cause()).isNotDone();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/future", "/block" })
	void largeAnswerCrossesWhileTheWatchIsOn(String path) throws Exception {
		String large = "x".repeat(8 * 1024 * 1024);
		for (DisconnectApp app : List.of(plain, tls)) {
			String id = UUID.randomUUID().toString();
			Held call = app.call(id);
			try (RawHttp client = app.connect()) {
				Body.LENGTH.send(client, path, id);
				DisconnectApp.await(call.arrival());
				call.answer().complete(large);
				client.write(client.head("GET", "/fast", Map.of("x-id", id), null));
				assertThat(answer(client)).isEqualTo(large);
				assertThat(answer(client)).isEqualTo("fast " + id);
			}
		}
	}

	@Test
	void requestWithTwoHostsIsRefused() throws Exception {
		// MD-two-hosts
		try (RawHttp client = plain.connect()) {
			client.write("GET /fast HTTP/1.1\r\nHost: a\r\nHost: b\r\nx-id: two-hosts\r\n\r\n");
			assertThat(client.read("GET").status()).isEqualTo(400);
		}
	}

	/**
	 * When further requests come.
	 */
	enum Moment {

		/** Together with the first one. */
		AT_ONCE,

		/** While the first one waits. */
		WAITING,

		/** While the first one is answered. */
		ANSWERING

	}

}
