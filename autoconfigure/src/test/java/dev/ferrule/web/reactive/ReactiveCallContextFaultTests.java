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

package dev.ferrule.web.reactive;

import java.time.Duration;
import java.util.Map;

import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.RawHttp2;
import dev.ferrule.testsupport.TestingPipeline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a controller on Reactor Netty gets the context of its request, and the
 * engine gets it from the controller. They need the library with nodes for tests.
 */
class ReactiveCallContextFaultTests {

	private final ParkingServer server = NettyApplication.start("server.http2.enabled=true");

	@AfterEach
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spans", "/current" })
	void contextOfTheRequestReachesTheEngineAndEndsWithTheClient(String path) throws Exception {
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", path, ParkingServer.parkWithContext(), TestingPipeline.SPANS);
			Map<String, String> parked = this.server.calls().awaitParked();
			ParkingServer.assertHasContext(parked);
			assertThat(parked.get("attributes")).isEqualTo("{\"region\":{\"zone\":1}}");
		}
		assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
		awaitClosedRequest(path);
	}

	@Test
	void resetOfAnHttp2StreamEndsTheCall() throws Exception {
		try (RawHttp2 client = new RawHttp2(this.server.base())) {
			RawHttp2.Call request = client.post("/spans", ParkingServer.PARK, TestingPipeline.SPANS);
			this.server.calls().awaitParked();
			request.cancel();
			assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		}
		this.server.assertCallsAreOver(1);
		awaitClosedRequest("/spans");
	}

	@Test
	void answeredRequestIsASuccess() throws Exception {
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", "/spans", ParkingServer.ACKNOWLEDGE, TestingPipeline.SPANS);
			assertThat(client.read("POST").status()).isEqualTo(200);
		}
		this.server.assertCallsAreOver(1);
		awaitRequest("/spans", "200", "SUCCESS");
	}

	@Test
	void refusedContextIsTheApplicationsError() throws Exception {
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", "/spans", Map.of("x-refuse", "yes", "Content-Type", "application/json"),
					TestingPipeline.SPANS);
			assertThat(client.read("POST").status()).isEqualTo(418);
		}
		this.server.assertCallsAreOver(0);
	}

	private void awaitClosedRequest(String path) {
		awaitRequest(path, "499", "CLIENT_ERROR");
	}

	private void awaitRequest(String path, String status, String outcome) {
		MeterRegistry meters = this.server.context().getBean(MeterRegistry.class);
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(meters.find("http.server.requests").timers()).hasSize(1);
			Timer timer = meters.get("http.server.requests").timer();
			assertThat(timer.count()).isOne();
			assertThat(timer.getId().getTag("uri")).isEqualTo(path);
			assertThat(timer.getId().getTag("status")).isEqualTo(status);
			assertThat(timer.getId().getTag("outcome")).isEqualTo(outcome);
		});
	}

}
