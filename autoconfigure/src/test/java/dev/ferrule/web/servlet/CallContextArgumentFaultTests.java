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

import java.util.HashMap;
import java.util.Map;

import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.otlp.RawHttp;
import dev.ferrule.web.ParkingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a controller on Tomcat gets the context of its request, and the engine gets
 * it from the controller. They need the library with nodes for tests.
 */
class CallContextArgumentFaultTests {

	private final ParkingServer server = new ParkingServer(WebApplicationType.SERVLET, Application.class);

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void contextOfTheRequestReachesTheEngineAndEndsWithTheClient() throws Exception {
		Map<String, String> headers = new HashMap<>(ParkingServer.PARK);
		headers.put("grpc-timeout", "20S");
		headers.put("x-tenant-id", "acme");
		headers.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
		headers.put("tracestate", "vendor=1");
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", "/spans", headers, ParkingServer.SPANS);
			Map<String, String> parked = this.server.calls().awaitParked();
			assertThat(Long.parseLong(parked.get("time-left-ms"))).isBetween(1L, 20_000L);
			assertThat(parked).containsEntry("tenant", "acme").containsEntry("state", "vendor=1");
			assertThat(parked.get("trace")).startsWith("4bf92f3577b34da6a3ce929d0e0e4736-").endsWith("-01");
			assertThat(parked.get("attributes")).isEqualTo("{\"region\":{\"zone\":1}}");
		}
		assertThat(this.server.calls().awaitFinished()).containsEntry("cause", "CLIENT");
		this.server.assertCallsAreOver(1);
	}

	@Test
	void refusedContextIsTheApplicationsError() throws Exception {
		try (RawHttp client = new RawHttp(this.server.base())) {
			client.send("POST", "/spans", Map.of("x-refuse", "yes", "Content-Type", "application/json"),
					ParkingServer.SPANS);
			assertThat(client.read("POST").status()).isEqualTo(418);
		}
		this.server.assertCallsAreOver(0);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ SpansController.class, TeapotAdvice.class })
	static class Application {

		@Bean
		TomcatServletWebServerFactory webServer() {
			return new TomcatServletWebServerFactory();
		}

		@Bean
		CallContextCustomizer region() {
			return (request, context) -> context.withAttributesJson("{\"region\":{\"zone\":1}}");
		}

		@Bean
		CallContextCustomizer refusal() {
			return TeapotAdvice::refuse;
		}

	}

}
