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

package dev.ferrule.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.ferrule.engine.ffi.EngineCounters;
import dev.ferrule.engine.ffi.NativeEngine;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a web server, and with an engine that parks calls if their header
 * says so.
 */
public final class ParkingServer implements AutoCloseable {

	/** Has calls parked. */
	public static final Map<String, String> PARK = Map.of("x-test-outcome", "park", "Content-Type", "application/json");

	/** Has calls succeed. */
	public static final Map<String, String> ACKNOWLEDGE = Map.of("Content-Type", "application/json");

	/** A body for calls. */
	public static final byte[] SPANS = """
			{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
			"spanId":"eee19b7ec3c1b174","name":"span"}]}]}]}""".getBytes(StandardCharsets.UTF_8);

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
					"server.shutdown=immediate", "spring.grpc.server.enabled=false",
					"ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/outcome.yaml",
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
	 * Returns where the server listens.
	 * @return the base
	 */
	public URI base() {
		WebServerApplicationContext server = (WebServerApplicationContext) this.context;
		return URI.create("http://127.0.0.1:" + server.getWebServer().getPort());
	}

	/**
	 * Returns the application.
	 * @return its context
	 */
	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Asserts that every call that was submitted is over.
	 * @param calls how many were submitted
	 */
	public void assertCallsAreOver(int calls) {
		NativeEngine engine = this.context.getBean(NativeEngine.class);
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			EngineCounters counters = engine.counters();
			assertThat(counters.inFlight()).isZero();
			assertThat(counters.completed()).isEqualTo(counters.submitted()).isEqualTo(calls);
		});
	}

	@Override
	public void close() {
		this.calls.close();
		this.context.close();
	}

}
