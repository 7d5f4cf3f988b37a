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

import dev.ferrule.otlp.RawHttp;
import dev.ferrule.web.Http2Client;
import dev.ferrule.web.ParkingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

import org.springframework.boot.WebApplicationType;

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
	@ValueSource(strings = { "/spans", "/blocking" })
	void closedConnectionEndsTheCall(String path) throws Exception {
		start("ferrule.cancellation.jetty.enabled=true");
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", path, ParkingServer.PARK, ParkingServer.SPANS);
			this.server.calls().awaitParked();
		}
		assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spans", "/blocking" })
	void resetHttp2StreamEndsTheCallWithoutTheHook(String path) {
		start("server.http2.enabled=true");
		try (Http2Client client = new Http2Client(this.server.base())) {
			Disposable request = client.post(path, ParkingServer.PARK, ParkingServer.SPANS);
			this.server.calls().awaitParked();
			request.dispose();
			assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		}
		this.server.assertCallsAreOver(1);
	}

	@Test
	void answeredCallIsNotCancelled() throws Exception {
		start("ferrule.cancellation.jetty.enabled=true");
		try (RawHttp client = new RawHttp(this.server.base())) {
			for (int i = 0; i < 20; i++) {
				client.send("POST", "/spans", ParkingServer.ACKNOWLEDGE, ParkingServer.SPANS);
				assertThat(client.read("POST").status()).isEqualTo(200);
			}
		}
		this.server.assertCallsAreOver(20);
	}

	private void start(String property) {
		this.server = new ParkingServer(WebApplicationType.SERVLET, JettyApplication.class, property);
	}

}
