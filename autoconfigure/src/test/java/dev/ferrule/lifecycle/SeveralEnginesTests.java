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

package dev.ferrule.lifecycle;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.ferrule.actuate.TelemetryEngineEndpoint;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.testsupport.TestingPipeline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that several engines in one process do not disturb each other, and leave nothing.
 */
class SeveralEnginesTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void engineOfAParentContextServesItsChildren() {
		try (ConfigurableApplicationContext parent = SomeApplication.builder()
			.web(WebApplicationType.NONE)
			.run("--ferrule.otlp.http.enabled=false")) {
			NativeEngine engine = parent.getBean(NativeEngine.class);
			for (int i = 0; i < 2; i++) {
				try (ConfigurableApplicationContext child = SomeApplication.builder()
					.parent(parent)
					.web(WebApplicationType.SERVLET)
					.run("--ferrule.otlp.http.enabled=true")) {
					assertThat(child.getBean(NativeEngine.class)).isSameAs(engine);
					assertThat(post(child, "/spans")).isEqualTo(200);
					assertThat(post(child, "/v1/traces")).isEqualTo(200);
				}
				SomeApplication.submit(engine);
			}
			assertThat(engine.inspector().counters().succeeded()).isEqualTo(6);
		}
	}

	@Test
	void enginesOfTwoApplicationsHaveTheirOwnCallsAndMeters() throws Exception {
		try (ConfigurableApplicationContext one = SomeApplication.start("--spring.jmx.enabled=true");
				ConfigurableApplicationContext two = SomeApplication.start("--spring.jmx.enabled=true")) {
			assertThat(post(one, "/spans")).isEqualTo(200);
			assertThat(post(two, "/spans")).isEqualTo(200);
			assertThat(post(two, "/v1/traces")).isEqualTo(200);
			assertThat(submitted(one)).isEqualTo(1);
			assertThat(submitted(two)).isEqualTo(2);
		}
	}

	/**
	 * Scenario: two threads start an application, call it, and stop it while it is being
	 * called, again and again. Guarantees: every call has its outcome, and neither
	 * threads nor meters are left.
	 */
	@Test
	void startsAndStopsUnderCallsLeaveNothing() throws Exception {
		startAndStopUnderCalls();
		List<String> before = EngineProcess.threads();
		Set<MeterRegistry> registries = Set.copyOf(Metrics.globalRegistry.getRegistries());
		ExecutorService both = Executors.newFixedThreadPool(2);
		List<Future<?>> runs = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			runs.add(both.submit(this::startAndStopUnderCalls));
		}
		for (Future<?> run : runs) {
			run.get(2, TimeUnit.MINUTES);
		}
		both.shutdown();
		await().untilAsserted(() -> assertThat(EngineProcess.threads()).containsExactlyElementsOf(before));
		// Those of contexts that other tests left open
		assertThat(Metrics.globalRegistry.getRegistries()).hasSameElementsAs(registries);
	}

	private void startAndStopUnderCalls() {
		ExecutorService callers = Executors.newFixedThreadPool(2);
		NativeEngine engine;
		try (ConfigurableApplicationContext context = SomeApplication.start("--ferrule.exporter.type=noop")) {
			engine = context.getBean(NativeEngine.class);
			IntStream.range(0, 2).forEach((caller) -> callers.execute(() -> {
				while (!Thread.currentThread().isInterrupted()) {
					engine.submit(TestingPipeline.payload(TestingPipeline.SPANS));
				}
			}));
			await().until(() -> engine.inspector().counters().succeeded() > 1000);
		}
		assertThat(engine.inspector().counters().inFlight()).isZero();
		callers.shutdownNow();
		await().until(callers::isTerminated);
		assertThat(engine.inspector().counters().submitted()).isEqualTo(engine.inspector().counters().completed());
	}

	private static long submitted(ConfigurableApplicationContext context) {
		Number submitted = (Number) context.getBean(TelemetryEngineEndpoint.class).engine().counters().get("submitted");
		MeterRegistry registry = context.getBean(MeterRegistry.class);
		assertThat(registry.get("ferrule.calls.submitted").functionCounter().count())
			.isEqualTo(submitted.doubleValue());
		return submitted.longValue();
	}

	private int post(ConfigurableApplicationContext context, String path) {
		String port = context.getEnvironment().getProperty("local.server.port");
		try {
			return this.client
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
					.header("Content-Type", "application/json")
					.POST(BodyPublishers.ofByteArray(TestingPipeline.SPANS))
					.build(), BodyHandlers.discarding())
				.statusCode();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
