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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ffi.EngineCounters;
import dev.ferrule.engine.ffi.NativeEngine;
import dev.ferrule.otlp.RawHttp;
import dev.ferrule.web.tomcat.DisconnectApp.Exit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a call in the engine is cancelled when the client of its request leaves.
 * They need the library with nodes for tests.
 */
@ExtendWith(OutputCaptureExtension.class)
class TomcatDisconnectFaultTests {

	private static final String OTLP = "/v1/traces";

	@TempDir
	private static Path directory;

	private static DisconnectApp plain;

	private static DisconnectApp tls;

	private final ParkedCalls calls = new ParkedCalls();

	@BeforeAll
	static void start() throws Exception {
		plain = start("server.http2.enabled=true");
		tls = start(DisconnectApp.tls(directory));
	}

	private static DisconnectApp start(String... properties) {
		return new DisconnectApp(new Class<?>[] { EngineHandlers.class },
				Stream
					.concat(Arrays.stream(properties),
							Stream.of("ferrule.otlp.http.enabled=true", "ferrule.engine.drain-timeout=500ms",
									"ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/outcome.yaml"))
					.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		plain.close();
		tls.close();
	}

	@AfterEach
	void close() {
		this.calls.close();
	}

	static Stream<Arguments> requests() {
		return Stream.of("/engine/future", "/engine/deferred", "/engine/raw", "/engine/block", OTLP)
			.flatMap((path) -> Arrays.stream(Exit.values()).map((exit) -> Arguments.of(path, exit)));
	}

	@ParameterizedTest
	@MethodSource("requests")
	void clientThatLeavesCancelsTheCall(String path, Exit exit, CapturedOutput output) throws Exception {
		assertCancels(plain, path, exit);
		assertQuiet(output);
	}

	@ParameterizedTest
	@MethodSource("requests")
	void clientThatLeavesCancelsTheCallWithTls(String path, Exit exit, CapturedOutput output) throws Exception {
		assertCancels(tls, path, exit);
		assertQuiet(output);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void clientThatLeavesCancelsTheCallOnVirtualThreads() throws Exception {
		try (DisconnectApp app = start("spring.threads.virtual.enabled=true"); ParkedCalls calls = new ParkedCalls()) {
			for (Exit exit : Exit.values()) {
				assertCancels(app, calls, "/engine/block", exit);
				assertCancels(app, calls, "/engine/future", exit);
			}
		}
	}

	private void assertCancels(DisconnectApp app, String path, Exit exit) throws Exception {
		assertCancels(app, this.calls, path, exit);
	}

	private static void assertCancels(DisconnectApp app, ParkedCalls calls, String path, Exit exit) throws Exception {
		double disconnects = disconnects(app);
		try (RawHttp client = app.connect()) {
			Map<String, String> headers = new LinkedHashMap<>();
			headers.put("Content-Type", "application/json");
			headers.put("x-test-outcome", "park");
			client.send("POST", path, headers, EngineHandlers.SPAN.getBytes(StandardCharsets.UTF_8));
			calls.awaitParked();
			exit.leave(client);
			assertThat(calls.awaitFinished().cause()).isEqualTo(CancellationCause.CLIENT);
		}
		assertCallsAreGone(app);
		Awaitility.await().until(() -> disconnects(app) == disconnects + 1);
	}

	private static void assertCallsAreGone(DisconnectApp app) {
		NativeEngine engine = app.context().getBean(NativeEngine.class);
		Awaitility.await().untilAsserted(() -> {
			EngineCounters counters = engine.counters();
			assertThat(counters.inFlight()).isZero();
			assertThat(counters.completed()).isEqualTo(counters.submitted()).isPositive();
		});
	}

	private static double disconnects(DisconnectApp app) {
		return app.context()
			.getBean(MeterRegistry.class)
			.find("http.server.requests")
			.tags("status", "499", "outcome", "CLIENT_ERROR")
			.timers()
			.stream()
			.mapToLong(Timer::count)
			.sum();
	}

	private static void assertQuiet(CapturedOutput output) {
		assertThat(output.getAll()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/engine/future", "/engine/deferred", "/engine/raw", OTLP })
	void resetHttp2StreamCancelsTheCall(String path, CapturedOutput output) throws Exception {
		double disconnects = disconnects(plain);
		try (Http2Client client = new Http2Client(plain.port())) {
			Http2StreamChannel stream = client.post(path, EngineHandlers.SPAN, "content-type", "application/json",
					"x-test-outcome", "park");
			this.calls.awaitParked();
			client.reset(stream);
			assertThat(this.calls.awaitFinished().cause()).isEqualTo(CancellationCause.CLIENT);
			assertCallsAreGone(plain);
			assertQuiet(output);
			Awaitility.await().until(() -> disconnects(plain) == disconnects + 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/engine/future", "/engine/deferred", "/engine/raw", OTLP })
	void closedHttp2ConnectionCancelsItsCalls(String path, CapturedOutput output) throws Exception {
		double disconnects = disconnects(plain);
		try (Http2Client client = new Http2Client(plain.port())) {
			for (int i = 0; i < 2; i++) {
				client.post(path, EngineHandlers.SPAN, "content-type", "application/json", "x-test-outcome", "park");
				this.calls.awaitParked();
			}
			client.disconnect();
			for (int i = 0; i < 2; i++) {
				assertThat(this.calls.awaitFinished().cause()).isEqualTo(CancellationCause.CLIENT);
			}
			assertCallsAreGone(plain);
			assertQuiet(output);
			Awaitility.await().until(() -> disconnects(plain) == disconnects + 2);
		}
	}

	@Test
	void answeredRequestCancelsNothing() throws Exception {
		double disconnects = disconnects(plain);
		try (RawHttp client = plain.connect()) {
			client.send("POST", OTLP, Map.of("Content-Type", "application/json", "x-test-outcome", "ack"),
					EngineHandlers.SPAN.getBytes(StandardCharsets.UTF_8));
			assertThat(client.read("POST").status()).isEqualTo(200);
		}
		assertCallsAreGone(plain);
		assertThat(disconnects(plain)).isEqualTo(disconnects);
	}

}
