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

import java.util.EnumSet;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.web.servlet.HeldRequests.Held;
import dev.ferrule.web.tomcat.DisconnectApp.Body;
import dev.ferrule.web.tomcat.DisconnectApp.Exit;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that requests on Tomcat are cancelled when their clients leave, over HTTP/1.1.
 */
@ExtendWith(OutputCaptureExtension.class)
class TomcatDisconnectTests extends DisconnectTestBase {

	static Stream<Arguments> requests() {
		return Stream.of("/future", "/deferred", "/raw", "/block")
			.flatMap((path) -> EnumSet.allOf(Body.class)
				.stream()
				.flatMap((body) -> EnumSet.allOf(Exit.class).stream().map((exit) -> Arguments.of(path, body, exit))));
	}

	@ParameterizedTest
	@MethodSource("requests")
	void clientThatLeavesCancels(String path, Body body, Exit exit, CapturedOutput output) throws Exception {
		assertCancels(plain, path, body, exit);
		assertQuiet(output);
	}

	@ParameterizedTest
	@MethodSource("requests")
	void clientThatLeavesCancelsWithTls(String path, Body body, Exit exit, CapturedOutput output) throws Exception {
		assertCancels(tls, path, body, exit);
		assertQuiet(output);
	}

	@ParameterizedTest
	@EnumSource
	@EnabledForJreRange(min = JRE.JAVA_21)
	void clientThatLeavesCancelsOnVirtualThreads(Body body) throws Exception {
		try (DisconnectApp app = new DisconnectApp("spring.threads.virtual.enabled=true")) {
			for (Exit exit : Exit.values()) {
				assertCancels(app, "/block", body, exit);
				assertCancels(app, "/future", body, exit);
			}
		}
	}

	private static void assertCancels(DisconnectApp app, String path, Body body, Exit exit) throws Exception {
		String id = UUID.randomUUID().toString();
		Held call = app.call(id);
		try (RawHttp client = app.connect()) {
			body.send(client, path, id);
			DisconnectApp.await(call.arrival());
			exit.leave(client);
			assertThat(DisconnectApp.await(call.cause())).isEqualTo(CancellationCause.CLIENT);
		}
	}

	private static void assertQuiet(CapturedOutput output) {
		assertThat(output.getAll()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
	}

	@Test
	void blockedHandlersOfAllThreadsAreCancelled() throws Exception {
		try (DisconnectApp app = new DisconnectApp("server.tomcat.threads.max=2")) {
			String[] ids = { "first", "second" };
			RawHttp[] clients = new RawHttp[2];
			for (int i = 0; i < 2; i++) {
				clients[i] = app.connect();
				Body.NONE.send(clients[i], "/block", ids[i]);
				DisconnectApp.await(app.call(ids[i]).arrival());
			}
			clients[0].close();
			assertThat(DisconnectApp.await(app.call("first").cause())).isEqualTo(CancellationCause.CLIENT);
			assertThat(app.call("second").cause()).isNotDone();
			app.call("second").answer().complete("still here");
			assertThat(clients[1].read("GET").body()).asString().isEqualTo("still here");
			clients[1].close();
		}
	}

	@Test
	void unreadBodyDisablesTheWatch() throws Exception {
		Held call = plain.call("unread");
		try (RawHttp client = plain.connect()) {
			client.write(client.head("POST", "/unread", Map.of("x-id", "unread", "Content-Length", "4"), null));
			DisconnectApp.await(call.arrival());
			client.write("body");
			call.answer().complete("read");
			assertThat(client.read("POST").body()).asString().isEqualTo("read");
		}
		assertThat(call.cause()).isNotDone();
	}

	@ParameterizedTest
	@EnumSource(names = { "FIN", "RST" })
	void disconnectIsObservedAsClientError(Exit exit) throws Exception {
		try (DisconnectApp app = new DisconnectApp()) {
			for (String path : new String[] { "/future", "/deferred", "/raw", "/block" }) {
				assertCancels(app, path, Body.LENGTH, exit);
			}
			MeterRegistry registry = app.context().getBean(MeterRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(registry.find("http.server.requests")
					.tags("status", "499", "outcome", "CLIENT_ERROR")
					.timers()
					.stream()
					.mapToLong((timer) -> timer.count())
					.sum()).isEqualTo(4));
			assertThat(registry.find("http.server.requests").tag("status", "200").timers()).isEmpty();
		}
	}

	@Test
	void switchedOffNothingIsNoticedBeforeTheAnswer() throws Exception {
		try (DisconnectApp app = new DisconnectApp("ferrule.cancellation.tomcat.enabled=false")) {
			Held call = app.call("off");
			try (RawHttp client = app.connect()) {
				Body.NONE.send(client, "/future", "off");
				DisconnectApp.await(call.arrival());
				client.shutdownOutput();
				call.answer().complete("answer");
				assertThat(client.read("GET").body()).asString().isEqualTo("answer");
			}
			assertThat(call.cause()).isNotDone();
		}
	}

}
