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

package dev.ferrule.grpc;

import java.time.Duration;
import java.util.Map;

import dev.ferrule.testsupport.ParkedCalls;
import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp2;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of clients that leave while their call is parked in the engine, over a real
 * socket. They need the library with nodes for tests.
 */
class GrpcDisconnectFaultTests {

	private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private static final String CALLER_SPAN = "b7ad6b7169203331";

	private final ParkingServer server = GrpcApplication.start();

	private final ParkedCalls calls = this.server.calls();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void callArrivesWithDeadlineTenantAndTheSpanOfTheSubmission() throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			RawHttp2.Call call = GrpcApplication.export(client, "park", Map.entry("grpc-timeout", "20S"),
					Map.entry("x-tenant-id", "acme"),
					Map.entry("traceparent", "00-" + TRACE_ID + "-" + CALLER_SPAN + "-01"),
					Map.entry("tracestate", "vendor=1"));
			Map<String, String> parked = this.calls.awaitParked();
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
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			RawHttp2.Call call = GrpcApplication.export(client, "park");
			String id = this.calls.awaitParked().get("call");
			Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
			assertThat(this.server.counters().inFlight()).isOne();
			call.cancel();
			assertEndsBecauseOfTheClient(id);
		}
	}

	@Test
	void callOfAConnectionThatClosesEndsInTheEngine() throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			GrpcApplication.export(client, "park");
			String id = this.calls.awaitParked().get("call");
			Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
			client.drop();
			assertEndsBecauseOfTheClient(id);
		}
	}

	private void assertEndsBecauseOfTheClient(String id) {
		assertThat(this.calls.awaitFinished()).containsEntry("call", id).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
		awaitCounted("CANCELLED");
		assertThat(meters().get("ferrule.submit").tag("kind", "CANCELLED").timer().count()).isOne();
	}

	@Test
	void callWhoseDeadlinePassesIsNotTheClients() throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			GrpcApplication.export(client, "park", Map.entry("grpc-timeout", "300m"));
			this.calls.awaitParked();
			assertThat(this.calls.awaitFinished()).containsEntry("cause", "DEADLINE");
			awaitCounted("DEADLINE_EXCEEDED");
		}
	}

	@Test
	void answeredCallIsCountedAsAnswered() throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			RawHttp2.Answer answer = GrpcApplication.export(client, "ack").answer();
			assertThat(answer.fields()).containsEntry("grpc-status", "0");
			awaitCounted("OK");
		}
	}

	@Test
	void expiredCallNeverEntersTheEngine() throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(this.server)) {
			for (String timeout : new String[] { "0S", "-1S", "1n" }) {
				RawHttp2.Answer answer = GrpcApplication.export(client, "ack", Map.entry("grpc-timeout", timeout))
					.answer();
				assertThat(answer.resetCode()).isEqualTo(8);
			}
			GrpcApplication.export(client, "ack").answer();
			assertThat(this.server.counters().submitted()).isOne();
		}
	}

	private MeterRegistry meters() {
		return this.server.context().getBean(MeterRegistry.class);
	}

	private void awaitCounted(String status) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(meters().find("grpc.server").meters()).singleElement()
				.extracting(Meter::getId)
				.extracting((id) -> id.getTag("grpc.status_code"))
				.isEqualTo(status));
	}

}
