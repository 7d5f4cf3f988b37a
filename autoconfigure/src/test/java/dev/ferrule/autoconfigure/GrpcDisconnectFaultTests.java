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

package dev.ferrule.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.ferrule.otlp.RawGrpc;
import io.micrometer.core.instrument.Meter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of clients that leave while their call is parked in the engine, over a real
 * socket. They need the library with nodes for tests.
 */
class GrpcDisconnectFaultTests {

	private static final int MEASUREMENTS = 200;

	private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private static final String CALLER_SPAN = "b7ad6b7169203331";

	private final GrpcApplication application = new GrpcApplication();

	// After the application, whose start resets the logging system.
	private final ParkedCalls calls = new ParkedCalls();

	@AfterEach
	void closeApplication() {
		this.application.close();
		this.calls.close();
	}

	@Test
	void callArrivesWithDeadlineTenantAndTheSpanOfTheSubmission() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			RawGrpc.Call call = this.application.export(client, "park", Map.entry("grpc-timeout", "20S"),
					Map.entry("x-tenant-id", "acme"),
					Map.entry("traceparent", "00-" + TRACE_ID + "-" + CALLER_SPAN + "-01"),
					Map.entry("tracestate", "vendor=1"));
			Map<String, String> parked = this.calls.nextParked();
			call.cancel();
			assertThat(Integer.parseInt(parked.get("time-left-ms"))).isBetween(1, 20_000);
			assertThat(parked).containsEntry("tenant", "acme").containsEntry("state", "vendor=1");
			String[] trace = parked.get("trace").split("-");
			assertThat(trace[0]).isEqualTo(TRACE_ID);
			assertThat(trace[1]).isNotEqualTo(CALLER_SPAN);
			assertThat(Integer.parseInt(trace[2], 16) & 1).isOne();
			assertThat(parked.get("headers").split(",")).contains("host", "x-tenant-id");
		}
	}

	@Test
	void callThatTheClientCancelsEndsInTheEngine() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			RawGrpc.Call call = this.application.export(client, "park");
			String id = this.calls.nextParked().get("call");
			Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
			assertThat(this.application.counters().inFlight()).isOne();
			call.cancel();
			assertEndsBecauseOfTheClient(id);
		}
	}

	@Test
	void callOfAConnectionThatClosesEndsInTheEngine() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			this.application.export(client, "park");
			String id = this.calls.nextParked().get("call");
			Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
			client.drop();
			assertEndsBecauseOfTheClient(id);
		}
	}

	private void assertEndsBecauseOfTheClient(String id) {
		assertThat(this.calls.nextFinished()).containsEntry("call", id).containsEntry("cause", "CLIENT");
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.application.counters().inFlight()).isZero();
			assertThat(this.application.counters().completed()).isEqualTo(this.application.counters().submitted())
				.isOne();
		});
		awaitCounted("CANCELLED");
		assertThat(this.application.meters().get("ferrule.submit").tag("kind", "CANCELLED").timer().count()).isOne();
	}

	@Test
	void callWhoseDeadlinePassesIsNotTheClients() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			this.application.export(client, "park", Map.entry("grpc-timeout", "300m"));
			this.calls.nextParked();
			assertThat(this.calls.nextFinished()).containsEntry("cause", "DEADLINE");
			awaitCounted("DEADLINE_EXCEEDED");
		}
	}

	@Test
	void answeredCallIsCountedAsAnswered() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			RawGrpc.Answer answer = this.application.export(client, "ack").answer();
			assertThat(answer.fields()).containsEntry("grpc-status", "0");
			awaitCounted("OK");
		}
	}

	@Test
	void expiredCallNeverEntersTheEngine() throws Exception {
		try (RawGrpc client = this.application.connect()) {
			for (String timeout : new String[] { "0S", "-1S", "1n" }) {
				RawGrpc.Answer answer = this.application.export(client, "ack", Map.entry("grpc-timeout", timeout))
					.answer();
				assertThat(answer.resetCode()).isEqualTo(8);
			}
			this.application.export(client, "ack").answer();
			assertThat(this.application.counters().submitted()).isOne();
		}
	}

	private void awaitCounted(String status) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.application.meters().find("grpc.server").meters()).singleElement()
				.extracting(Meter::getId)
				.extracting((id) -> id.getTag("grpc.status_code"))
				.isEqualTo(status));
	}

	@Test
	@EnabledIfSystemProperty(named = "ferrule.measure", matches = "true")
	void measureFromDisconnectToTheNode() throws Exception {
		long[] cancel = new long[MEASUREMENTS];
		long[] close = new long[MEASUREMENTS];
		try (RawGrpc client = this.application.connect()) {
			for (int i = -20; i < MEASUREMENTS; i++) {
				RawGrpc.Call call = this.application.export(client, "park");
				this.calls.nextParked();
				TimeUnit.MILLISECONDS.sleep(20);
				long left = now();
				call.cancel();
				cancel[Math.max(i, 0)] = finished() - left;
			}
		}
		for (int i = 0; i < MEASUREMENTS; i++) {
			try (RawGrpc client = this.application.connect()) {
				this.application.export(client, "park");
				this.calls.nextParked();
				TimeUnit.MILLISECONDS.sleep(20);
				long left = now();
				client.drop();
				close[i] = finished() - left;
			}
		}
		print("cancel", cancel);
		print("connection close", close);
	}

	private long finished() {
		return Long.parseLong(this.calls.nextFinished().get("at"));
	}

	private static long now() {
		Instant now = Instant.now();
		return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
	}

	private static void print(String what, long[] nanos) {
		Arrays.sort(nanos);
		LoggerFactory.getLogger(GrpcDisconnectFaultTests.class)
			.info("MEASURED gRPC {} to node, n={}: p50 {} us, p99 {} us, max {} us", what, nanos.length,
					nanos[nanos.length / 2] / 1000, nanos[nanos.length * 99 / 100 - 1] / 1000,
					nanos[nanos.length - 1] / 1000);
	}

}
