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

import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.RawHttp2;
import dev.ferrule.testsupport.TestingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that calls end when their client leaves Jetty. They need the library with nodes
 * for tests.
 */
class JettyDisconnectFaultTests {

	private ParkingServer server;

	@AfterEach
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spans", "/spans/blocking" })
	void closedConnectionEndsTheCall(String path) throws Exception {
		start("ferrule.cancellation.jetty.enabled=true");
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", path, ParkingServer.PARK, TestingPipeline.SPANS);
			this.server.calls().awaitParked();
		}
		assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spans", "/spans/blocking" })
	void resetHttp2StreamEndsTheCallWithoutTheHook(String path) throws Exception {
		start("server.http2.enabled=true");
		try (RawHttp2 client = new RawHttp2(this.server.base())) {
			RawHttp2.Call request = client.post(path, ParkingServer.PARK, TestingPipeline.SPANS);
			this.server.calls().awaitParked();
			request.cancel();
			assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		}
		this.server.assertCallsAreOver(1);
	}

	@Test
	void answeredCallIsNotCancelled() throws Exception {
		start("ferrule.cancellation.jetty.enabled=true");
		try (RawHttp client = new RawHttp(this.server.base())) {
			for (int i = 0; i < 20; i++) {
				client.send("POST", "/spans", ParkingServer.ACKNOWLEDGE, TestingPipeline.SPANS);
				assertThat(client.read("POST").status()).isEqualTo(200);
			}
		}
		this.server.assertCallsAreOver(20);
	}

	private void start(String property) {
		this.server = JettyApplication.start(property);
	}

}
