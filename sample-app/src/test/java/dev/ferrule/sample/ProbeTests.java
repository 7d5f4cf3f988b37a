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

package dev.ferrule.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import dev.ferrule.engine.jna.NativeEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the probes of a gateway with tenants: they need no key.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "spring.grpc.server.port=0",
		"management.server.port=0", "gateway.tenants.shop.api-keys=" + TenantTests.SHOP })
class ProbeTests {

	@LocalManagementPort
	private int port;

	@Autowired
	private NativeEngine engine;

	@Autowired
	private ApplicationContext context;

	@AfterEach
	void resume() {
		this.engine.resumeAccepting();
		AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	@Test
	void areUpWhileTheEngineTakesCalls() throws Exception {
		assertThat(status("readiness")).isEqualTo(200);
		assertThat(status("liveness")).isEqualTo(200);
	}

	@Test
	void readinessIsDownWhileTheEngineTakesNone() throws Exception {
		this.engine.stopAccepting();
		assertThat(status("readiness")).isEqualTo(503);
		assertThat(status("liveness")).isEqualTo(200);
		this.engine.resumeAccepting();
		assertThat(status("readiness")).isEqualTo(200);
	}

	@Test
	void readinessIsDownWhileTheApplicationRefusesTraffic() throws Exception {
		AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		assertThat(status("readiness")).isEqualTo(503);
		assertThat(status("liveness")).isEqualTo(200);
	}

	private int status(String probe) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/actuator/health/" + probe))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
	}

}
