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

package dev.ferrule.web.servlet;

import java.util.Map;

import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.TestingPipeline;
import dev.ferrule.web.tomcat.TomcatApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a controller on Tomcat gets the context of its request, and the engine gets
 * it from the controller. They need the library with nodes for tests.
 */
class CallContextArgumentFaultTests {

	private final ParkingServer server = TomcatApplication.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void contextOfTheRequestReachesTheEngineAndEndsWithTheClient() throws Exception {
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", "/spans", ParkingServer.parkWithContext(), TestingPipeline.SPANS);
			Map<String, String> parked = this.server.calls().awaitParked();
			ParkingServer.assertHasContext(parked);
			assertThat(parked.get("attributes")).isEqualTo("{\"region\":{\"zone\":1}}");
		}
		assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
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

}
