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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.ferrule.testsupport.ParkedCalls;
import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.RawHttp2;
import dev.ferrule.testsupport.ServerKey;
import dev.ferrule.testsupport.TestingPipeline;
import dev.ferrule.web.tomcat.DisconnectApp.Exit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
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

	private static final String OTLP_ENABLED = "ferrule.otlp.http.enabled=true";

	@TempDir
	private static Path directory;

	private static ParkingServer plain;

	private static ParkingServer tls;

	private final ParkedCalls calls = new ParkedCalls();

	@BeforeAll
	static void start() throws Exception {
		plain = TomcatApplication.start(OTLP_ENABLED, "server.http2.enabled=true");
		String[] key = ServerKey.in(directory);
		tls = TomcatApplication.start(OTLP_ENABLED, key[0], key[1]);
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
		return Stream.of("/spans", "/spans/deferred", "/spans/servlet", "/spans/blocking", OTLP)
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
		try (ParkingServer app = TomcatApplication.start("spring.threads.virtual.enabled=true")) {
			for (Exit exit : Exit.values()) {
				assertCancels(app, app.calls(), "/spans/blocking", exit);
				assertCancels(app, app.calls(), "/spans", exit);
			}
		}
	}

	private void assertCancels(ParkingServer app, String path, Exit exit) throws Exception {
		assertCancels(app, this.calls, path, exit);
	}

	private static void assertCancels(ParkingServer app, ParkedCalls calls, String path, Exit exit) throws Exception {
		double disconnects = disconnects(app);
		try (RawHttp client = new RawHttp(app.base())) {
			client.send("POST", path, ParkingServer.PARK, TestingPipeline.SPANS);
			calls.awaitParked();
			exit.leave(client);
			assertThat(calls.awaitFinished()).containsEntry("cause", "CLIENT");
		}
		app.assertCallsAreOver();
		Awaitility.await().until(() -> disconnects(app) == disconnects + 1);
	}

	private static double disconnects(ParkingServer app) {
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
	@ValueSource(strings = { "/spans", "/spans/deferred", "/spans/servlet", OTLP })
	void resetHttp2StreamCancelsTheCall(String path, CapturedOutput output) throws Exception {
		double disconnects = disconnects(plain);
		try (RawHttp2 client = new RawHttp2(plain.base())) {
			RawHttp2.Call call = client.post(path, ParkingServer.PARK, TestingPipeline.SPANS);
			this.calls.awaitParked();
			call.cancel();
			assertThat(this.calls.awaitFinished()).containsEntry("cause", "CLIENT");
			plain.assertCallsAreOver();
			assertQuiet(output);
			Awaitility.await().until(() -> disconnects(plain) == disconnects + 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spans", "/spans/deferred", "/spans/servlet", OTLP })
	void closedHttp2ConnectionCancelsItsCalls(String path, CapturedOutput output) throws Exception {
		double disconnects = disconnects(plain);
		try (RawHttp2 client = new RawHttp2(plain.base())) {
			for (int i = 0; i < 2; i++) {
				client.post(path, ParkingServer.PARK, TestingPipeline.SPANS);
				this.calls.awaitParked();
			}
			client.close();
			for (int i = 0; i < 2; i++) {
				assertThat(this.calls.awaitFinished()).containsEntry("cause", "CLIENT");
			}
			plain.assertCallsAreOver();
			assertQuiet(output);
			Awaitility.await().until(() -> disconnects(plain) == disconnects + 2);
		}
	}

	@Test
	void answeredRequestCancelsNothing() throws Exception {
		double disconnects = disconnects(plain);
		try (RawHttp client = new RawHttp(plain.base())) {
			client.send("POST", OTLP, ParkingServer.ACKNOWLEDGE, TestingPipeline.SPANS);
			assertThat(client.read("POST").status()).isEqualTo(200);
		}
		plain.assertCallsAreOver();
		assertThat(disconnects(plain)).isEqualTo(disconnects);
	}

}
