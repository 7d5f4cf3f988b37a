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

package dev.ferrule.actuate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.JsonPath;
import com.sun.net.httpserver.HttpServer;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what health, probes and the endpoint of a running application say. They need the
 * library with nodes for tests.
 */
class ActuatorFaultTests {

	private static final String TRACE_ID = "4c1fd2e8a07b9635f1d0c3b2a4956871";

	private static final String READINESS = "health/readiness";

	private static final String LIVENESS = "health/liveness";

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	private TelemetryEngine engine;

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void successIsCountedAndHealthy() {
		start("outcome.yaml");
		submit("ack").join();
		assertThat(status(READINESS)).isEqualTo(200);
		assertThat(status(LIVENESS)).isEqualTo(200);
		assertThat(this.<String>read("health", "$.components.ferrule.status")).isEqualTo("UP");
		assertThat(this.<Object>read("health", "$.components.ferrule.details.pipelines"))
			.hasToString("{main={threads=1, restarts=0, queued=0}}");
		String engine = get("ferrule").body();
		assertThat(JsonPath.<String>read(engine, "$.name")).isEqualTo("ferrule");
		assertThat(JsonPath.<String>read(engine, "$.version")).isNotEmpty();
		assertThat(JsonPath.<Integer>read(engine, "$.abi")).isPositive();
		assertThat(JsonPath.<Integer>read(engine, "$.cores")).isOne();
		assertThat(JsonPath.<String>read(engine, "$.state")).isEqualTo("ACCEPTING");
		assertThat(JsonPath.<List<String>>read(engine, "$.pipelines[*].name")).containsExactly("main");
		assertThat(JsonPath.<Integer>read(engine, "$.pipelines[0].threads")).isOne();
		assertThat(JsonPath.<List<String>>read(engine, "$.pipelines[0].nodes[*].name")).containsExactly("host", "probe",
				"exporter");
		assertThat(JsonPath.<List<String>>read(engine, "$.pipelines[0].connections[*].to")).containsExactly("probe",
				"exporter");
		assertThat(JsonPath.<Integer>read(engine, "$.counters.succeeded")).isOne();
		assertThat(JsonPath.<Map<?, ?>>read(engine, "$.failures")).isEmpty();
		assertThat(JsonPath.<List<?>>read(engine, "$.calls")).isEmpty();
		assertThat(JsonPath.<Object>read(engine, "$.failure")).isNull();
		awaitMeter("ferrule.calls", 1, "outcome:SUCCESS");
		awaitMeter("ferrule.calls.time", 1, "pipeline:main", "stage:export");
		awaitMeter("ferrule.payload.submitted", TestingPipeline.SPANS.length);
		awaitMeter("ferrule.pipeline.threads", 1, "pipeline:main");
		awaitMeter("ferrule.problems", 0);
	}

	@Test
	void failureOfTheDownstreamIsShownAndHealthy() {
		start("outcome.yaml");
		assertThat(submit("retryable;delay=7000")).failsWithin(Duration.ofSeconds(20));
		Awaitility.await()
			.untilAsserted(() -> assertThat(
					this.<List<?>>read("ferrule", "$.failures.RETRYABLE[?(@.traceId=='" + TRACE_ID + "')]"))
				.hasSize(1));
		String engine = get("ferrule").body();
		assertThat(JsonPath.<String>read(engine, "$.failures.RETRYABLE[0].pipeline")).isEqualTo("main");
		assertThat(JsonPath.<String>read(engine, "$.failures.RETRYABLE[0].signal")).isEqualTo("TRACES");
		assertThat(JsonPath.<String>read(engine, "$.failures.RETRYABLE[0].time")).startsWith("20");
		assertThat(JsonPath.<String>read(engine, "$.failures.RETRYABLE[0].message")).isNotEmpty();
		assertThat(JsonPath.<Integer>read(engine, "$.counters.failed.RETRYABLE")).isOne();
		assertThat(engine).doesNotContain("secret", "delay=7000");
		assertThat(status(READINESS)).isEqualTo(200);
		awaitMeter("ferrule.calls", 1, "outcome:FAILURE", "kind:RETRYABLE");
	}

	@Test
	void callInFlightIsShownUntilItEnds() {
		start("outcome.yaml");
		CompletableFuture<ExportResult> call = submit("hang");
		// The exporter for tests is none of Ferrule's, which alone tell when they send
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.<List<String>>read("ferrule", "$.calls[*].phase"))
				.containsExactly("PIPELINE"));
		awaitMeter("ferrule.calls.in.flight", 1);
		String engine = get("ferrule").body();
		assertThat(JsonPath.<List<?>>read(engine, "$.calls")).hasSize(1);
		assertThat(engine).doesNotContain("secret");
		int id = JsonPath.read(engine, "$.calls[0].id");
		HttpResponse<String> one = get("ferrule/" + id);
		assertThat(one.statusCode()).isEqualTo(200);
		assertThat(JsonPath.<String>read(one.body(), "$.pipeline")).isEqualTo("main");
		assertThat(JsonPath.<String>read(one.body(), "$.signal")).isEqualTo("TRACES");
		assertThat(JsonPath.<String>read(one.body(), "$.traceId")).isEqualTo(TRACE_ID);
		assertThat(JsonPath.<Integer>read(one.body(), "$.payloadBytes")).isEqualTo(TestingPipeline.SPANS.length);
		assertThat(JsonPath.<Integer>read(one.body(), "$.ageMillis")).isNotNegative();
		assertThat(JsonPath.<Integer>read(one.body(), "$.remainingMillis")).isBetween(1, 30_000);
		call.cancel(true);
		Awaitility.await().untilAsserted(() -> assertThat(status("ferrule/" + id)).isEqualTo(404));
		assertThat(status("ferrule/none")).isEqualTo(400);
		awaitMeter("ferrule.calls.cancel.time", 1, "pipeline:main");
		awaitMeter("ferrule.calls", 1, "kind:CANCELLED");
	}

	@Test
	void callAtAServerThatDoesNotAnswerIsBeingExported() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		CountDownLatch arrived = new CountDownLatch(1);
		server.createContext("/", (exchange) -> arrived.countDown());
		server.start();
		try {
			run("ferrule.exporter.protocol=http",
					"ferrule.exporter.endpoint=http://127.0.0.1:" + server.getAddress().getPort());
			CompletableFuture<ExportResult> call = submit("none");
			assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
			String engine = get("ferrule").body();
			assertThat(JsonPath.<List<String>>read(engine, "$.calls[*].phase")).containsExactly("EXPORT");
			int id = JsonPath.read(engine, "$.calls[0].id");
			assertThat(this.<String>read("ferrule/" + id, "$.phase")).isEqualTo("EXPORT");
			assertThat(status(READINESS)).isEqualTo(200);
			call.cancel(true);
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void usedUpBudgetIsADetail() {
		start("outcome.yaml", "ferrule.engine.max-payload-size=1MB");
		try (PayloadBuffer buffer = this.engine.reserve(1_000_000)) {
			assertThat(buffer.buffer().capacity()).isEqualTo(1_000_000);
			String health = get("health").body();
			assertThat(JsonPath.<String>read(health, "$.components.ferrule.status")).isEqualTo("UP");
			assertThat(JsonPath.<Boolean>read(health, "$.components.ferrule.details.memoryPressure")).isTrue();
			assertThat(JsonPath.<Integer>read(health, "$.components.ferrule.details.payloadBytes"))
				.isEqualTo(1_000_000);
			awaitMeter("ferrule.payload.used", 1_000_000);
			assertThat(this.engine.submit(TestingPipeline.payload(new byte[100_000]), CallContext.background()))
				.failsWithin(Duration.ofSeconds(20));
			assertThat(this.<List<?>>read("ferrule", "$.failures.RESOURCE_EXHAUSTED")).hasSize(1);
			awaitMeter("ferrule.calls", 1, "outcome:FAILURE", "kind:RESOURCE_EXHAUSTED");
		}
		assertThat(this.<Boolean>read("health", "$.components.ferrule.details.memoryPressure")).isFalse();
	}

	@Test
	void memoryLimiterThatRefusesTakesTheApplicationOutOfService() {
		start("pressure.yaml");
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(503));
		assertThat(status(LIVENESS)).isEqualTo(200);
		assertThat(this.<String>read("health", "$.components.ferrule.details.reason")).contains("memory limiter");
		assertThat(submit("ack")).failsWithin(Duration.ofSeconds(20));
		assertThat(this.<List<?>>read("ferrule", "$.failures.RESOURCE_EXHAUSTED")).hasSize(1);
		awaitMeter("ferrule.calls", 1, "outcome:FAILURE", "kind:RESOURCE_EXHAUSTED");
	}

	@Test
	void restartTakesTheApplicationOutOfServiceUntilItIsOver() {
		start("slow-restart.yaml");
		assertThat(submit("panic")).failsWithin(Duration.ofSeconds(20));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(503));
		assertThat(this.<String>read("health", "$.components.ferrule.status")).isEqualTo("OUT_OF_SERVICE");
		assertThat(status(LIVENESS)).isEqualTo(200);
		awaitMeter("ferrule.pipeline.threads", 0, "pipeline:main");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(200));
		assertThat(this.<Integer>read("health", "$.components.ferrule.details.restarts")).isOne();
		assertThat(this.<Integer>read("ferrule", "$.pipelines[0].restarts")).isOne();
		awaitMeter("ferrule.pipeline.threads", 1, "pipeline:main");
		awaitMeter("ferrule.pipeline.starts", 2, "pipeline:main");
		awaitMeter("ferrule.calls", 1, "kind:RETRYABLE");
	}

	@Test
	void pipelineThatIsNotRestartedTakesTheApplicationDown() {
		start("no-restart.yaml");
		assertThat(status(LIVENESS)).isEqualTo(200);
		assertThat(submit("panic")).failsWithin(Duration.ofSeconds(20));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(503));
		Awaitility.await().untilAsserted(() -> assertThat(status(LIVENESS)).isEqualTo(503));
		assertThat(this.<String>read("health", "$.components.ferrule.status")).isEqualTo("DOWN");
		assertThat(this.<String>read("health", "$.components.ferrule.details.reason"))
			.isEqualTo("The engine ended by itself and takes no calls until the application is restarted");
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(this.<String>read("health", "$.components.ferrule.details.failure"))
				.contains("runtime recovery is disabled"));
		assertThat(this.<String>read("ferrule", "$.state")).isEqualTo("ENDED");
		assertThat(this.<String>read("ferrule", "$.failure")).contains("runtime recovery is disabled");
		assertThat(submit("ack")).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(EngineUnavailableException.class)
			.withMessageContaining("until the application is restarted");
		awaitMeter("ferrule.calls", 2, "kind:RETRYABLE");
		awaitMeter("ferrule.calls.in.flight", 0);
		awaitMeter("ferrule.pipeline.threads", 0, "pipeline:main");
	}

	@Test
	void oneApplicationTellsOfSuccessFailurePressureAndRestart() {
		start("slow-restart.yaml", "ferrule.engine.max-payload-size=1MB");
		submit("ack").join();
		assertThat(submit("permanent")).failsWithin(Duration.ofSeconds(20));
		assertThat(status(READINESS)).isEqualTo(200);
		try (PayloadBuffer buffer = this.engine.reserve(1_000_000)) {
			assertThat(this.engine.submit(TestingPipeline.payload(new byte[100_000]), CallContext.background()))
				.failsWithin(Duration.ofSeconds(20));
			assertThat(this.<Boolean>read("health", "$.components.ferrule.details.memoryPressure")).isTrue();
			assertThat(buffer.buffer().capacity()).isEqualTo(1_000_000);
		}
		assertThat(submit("panic")).failsWithin(Duration.ofSeconds(20));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(503));
		assertThat(submit("ack")).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(EngineUnavailableException.class);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(status(READINESS)).isEqualTo(200));
		submit("ack").join();
		assertThat(this.<Object>read("ferrule", "$.counters.failed")).isEqualTo(Map.of("PERMANENT", 1, "RETRYABLE", 2,
				"CANCELLED", 0, "TIMEOUT", 0, "RESOURCE_EXHAUSTED", 1, "CONFIGURATION", 0));
		assertThat(this.<Map<String, ?>>read("ferrule", "$.failures")).containsOnlyKeys("PERMANENT", "RETRYABLE",
				"RESOURCE_EXHAUSTED");
		awaitMeter("ferrule.calls.submitted", 6);
		awaitMeter("ferrule.calls", 6);
		awaitMeter("ferrule.calls", 2, "outcome:SUCCESS");
		awaitMeter("ferrule.calls", 1, "outcome:REFUSED");
		awaitMeter("ferrule.calls", 3, "outcome:FAILURE");
		awaitMeter("ferrule.payload.used", 0);
		awaitMeter("ferrule.pipeline.starts", 2, "pipeline:main");
		assertThat(status(LIVENESS)).isEqualTo(200);
	}

	@Test
	void endpointIsNotExposedUnlessAskedFor() {
		start("outcome.yaml", "management.endpoints.web.exposure.include=health");
		assertThat(status("ferrule")).isEqualTo(404);
		assertThat(status("health")).isEqualTo(200);
	}

	private void start(String specification, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/" + specification;
		run(all);
	}

	private void run(String... properties) {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("spring.main.banner-mode=off", "ferrule.engine.drain-timeout=500ms", "server.port=0",
					"server.address=127.0.0.1", "management.endpoints.web.exposure.include=health,ferrule,metrics",
					"management.endpoint.health.show-details=always",
					"management.endpoint.health.group.readiness.include=readinessState,ferrule",
					"management.endpoint.health.group.liveness.include=livenessState,ferrule",
					"management.endpoint.health.group.liveness.status.http-mapping.down=503")
			.properties(properties)
			.run();
		this.engine = this.context.getBean(TelemetryEngine.class);
	}

	private CompletableFuture<ExportResult> submit(String outcome) {
		return this.engine.submit(TestingPipeline.payload(TestingPipeline.SPANS),
				CallContext.builder()
					.metadata(ClientMetadata.builder()
						.add(TestingPipeline.OUTCOME, outcome)
						.add("authorization", "Bearer secret")
						.build())
					.trace(TraceContext.ofHex(TRACE_ID, "9ab1c2d3e4f50617", 1, null, true))
					.build());
	}

	private void awaitMeter(String name, double expected, String... tags) {
		StringBuilder path = new StringBuilder("metrics/" + name);
		for (int i = 0; i < tags.length; i++) {
			path.append((i == 0) ? "?tag=" : "&tag=").append(tags[i]);
		}
		// Numbers of the engine are asked for once a second
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(this.<Double>read(path.toString(), "$.measurements[0].value")).as(name)
				.isEqualTo(expected));
	}

	private int status(String path) {
		return get(path).statusCode();
	}

	private <T> T read(String path, String expression) {
		return JsonPath.read(get(path).body(), expression);
	}

	private HttpResponse<String> get(String path) {
		String port = this.context.getEnvironment().getRequiredProperty("local.server.port");
		URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + path);
		try {
			return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		TomcatServletWebServerFactory webServer() {
			return new TomcatServletWebServerFactory();
		}

	}

}
