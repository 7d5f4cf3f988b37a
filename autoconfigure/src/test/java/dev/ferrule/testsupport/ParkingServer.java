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

package dev.ferrule.testsupport;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.jna.NativeEngine;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a server, and with an engine that parks calls if their header says
 * so.
 */
public final class ParkingServer implements AutoCloseable {

	/** Has calls parked. */
	public static final Map<String, String> PARK = Map.of(TestingPipeline.OUTCOME, "park", "content-type",
			"application/json");

	/** Has calls succeed. */
	public static final Map<String, String> ACKNOWLEDGE = Map.of("content-type", "application/json");

	private final ConfigurableApplicationContext context;

	private final ParkedCalls calls;

	/**
	 * Starts the application.
	 * @param type kind of the application
	 * @param source configuration of the application
	 * @param properties further properties, as {@code key=value}
	 */
	public ParkingServer(WebApplicationType type, Class<?> source, String... properties) {
		this.context = new SpringApplicationBuilder(source).web(type)
			.properties("spring.main.banner-mode=off", "server.address=127.0.0.1", "server.port=0",
					"server.shutdown=immediate", "spring.grpc.server.enabled=false", TestingPipeline.LOCATION,
					"ferrule.engine.drain-timeout=500ms", "ferrule.context.metadata.capture=true")
			.properties(properties)
			.run();
		// Starting resets the logging.
		this.calls = new ParkedCalls();
	}

	/**
	 * Returns the parked calls.
	 * @return what is known of them
	 */
	public ParkedCalls calls() {
		return this.calls;
	}

	/**
	 * Returns where the web server listens.
	 * @return the base
	 */
	public URI base() {
		WebServerApplicationContext server = (WebServerApplicationContext) this.context;
		String scheme = this.context.getEnvironment().containsProperty("server.ssl.key-store") ? "https" : "http";
		return URI.create(scheme + "://127.0.0.1:" + server.getWebServer().getPort());
	}

	/**
	 * Returns the application.
	 * @return its context
	 */
	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Returns the counters of the engine.
	 * @return the counters as they are now
	 */
	public EngineCounters counters() {
		return this.context.getBean(NativeEngine.class).inspector().counters();
	}

	/**
	 * Asserts that every call that was submitted is over.
	 * @param calls how many were submitted
	 */
	public void assertCallsAreOver(int calls) {
		assertCallsAreOver();
		assertThat(counters().submitted()).isEqualTo(calls);
	}

	/**
	 * Asserts that every call that was submitted is over.
	 */
	public void assertCallsAreOver() {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			EngineCounters counters = counters();
			assertThat(counters.inFlight()).isZero();
			assertThat(counters.completed()).isEqualTo(counters.submitted());
		});
	}

	/**
	 * Returns the header of a call that is parked and has a context.
	 * @return deadline, tenant and trace
	 */
	public static Map<String, String> parkWithContext() {
		Map<String, String> headers = new HashMap<>(PARK);
		headers.put("grpc-timeout", "20S");
		headers.put("x-tenant-id", "acme");
		headers.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
		headers.put("tracestate", "vendor=1");
		return headers;
	}

	/**
	 * Asserts that a call came to the engine as {@link #parkWithContext()} says.
	 * @param parked what the node says of it
	 */
	public static void assertHasContext(Map<String, String> parked) {
		assertThat(Long.parseLong(parked.get("time-left-ms"))).isBetween(1L, 20_000L);
		assertThat(parked).containsEntry("tenant", "acme").containsEntry("state", "vendor=1");
		assertThat(parked.get("trace")).startsWith("4bf92f3577b34da6a3ce929d0e0e4736-").endsWith("-01");
	}

	@Override
	public void close() {
		this.calls.close();
		this.context.close();
	}

}
