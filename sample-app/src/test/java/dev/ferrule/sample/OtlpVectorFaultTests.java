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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.otlp.OutcomeOrder;
import dev.ferrule.otlp.grpc.GrpcCallContextFactory;
import dev.ferrule.otlp.grpc.GrpcVectorRunner;
import dev.ferrule.otlp.grpc.GrpcVectorTarget;
import dev.ferrule.otlp.http.HttpVector;
import dev.ferrule.otlp.http.HttpVectorRunner;
import dev.ferrule.otlp.http.HttpVectorTarget;
import dev.ferrule.otlp.http.ServletCallContextFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All cases of {@code semantics/otlp-http.json} against the running sample. They need the
 * library with nodes for tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtlpVectorFaultTests {

	private final SampleTarget target = new SampleTarget();

	private final HttpVectorRunner http = new HttpVectorRunner(this.target);

	private final GrpcVectorRunner grpc = new GrpcVectorRunner(this.target);

	@AfterAll
	void stop() {
		this.target.samples.values().forEach(ConfigurableApplicationContext::close);
	}

	@TestFactory
	Stream<DynamicTest> httpCasesAreAnsweredAsExpected() {
		return HttpVector.all()
			.stream()
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.http.run(vector)));
	}

	@TestFactory
	Stream<DynamicTest> httpOutcomesAreAnsweredInJsonToo() {
		return HttpVector.all()
			.stream()
			.filter((vector) -> vector.outcome() != null)
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.http.runAsJson(vector)));
	}

	@TestFactory
	Stream<DynamicTest> grpcCasesAreAnsweredAsExpected() {
		return GrpcVectorRunner.ids().stream().map((id) -> DynamicTest.dynamicTest(id, () -> this.grpc.run(id)));
	}

	private static final class SampleTarget implements HttpVectorTarget, GrpcVectorTarget {

		private static final Duration DEADLINE = Duration.ofSeconds(30);

		private final Map<List<String>, ConfigurableApplicationContext> samples = new HashMap<>();

		private final AtomicReference<@Nullable JsonNode> outcome = new AtomicReference<>();

		@Override
		public URI baseUrl(HttpVector vector) {
			List<String> arguments = new ArrayList<>();
			arguments.add("--ferrule.otlp.http.max-body-size=" + vector.maxBodyBytes() + "B");
			arguments.add("--ferrule.engine.max-decoded-size=" + vector.maxBodyBytes() + "B");
			arguments.add("--ferrule.otlp.http.signals=" + String.join(",", vector.signals()));
			return URI.create("http://127.0.0.1:" + port(sample(arguments), "local.server.port"));
		}

		@Override
		public Integer port(int maxMessageBytes) {
			return port(sample(List.of("--ferrule.otlp.grpc.max-message-size=" + maxMessageBytes + "B")),
					"local.grpc.server.port");
		}

		private ConfigurableApplicationContext sample(List<String> arguments) {
			return this.samples.computeIfAbsent(arguments, this::start);
		}

		private ConfigurableApplicationContext start(List<String> arguments) {
			List<String> all = new ArrayList<>(arguments);
			all.addAll(List.of("--server.port=0", "--spring.grpc.server.port=0", "--management.server.port=0",
					"--ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/outcome.yaml"));
			return new SpringApplicationBuilder(GatewayApplication.class)
				.initializers((context) -> addContexts((GenericApplicationContext) context))
				.run(all.toArray(String[]::new));
		}

		private void addContexts(GenericApplicationContext context) {
			ServletCallContextFactory http = ServletCallContextFactory.withDeadline(DEADLINE);
			GrpcCallContextFactory grpc = GrpcCallContextFactory.withDeadline(DEADLINE, DEADLINE);
			context.registerBean(ServletCallContextFactory.class, () -> (request, cancellation) -> OutcomeOrder
				.add(http.create(request, cancellation), this.outcome.get()));
			context.registerBean(GrpcCallContextFactory.class, () -> (call, headers, cancellation) -> OutcomeOrder
				.add(grpc.create(call, headers, cancellation), this.outcome.get()));
		}

		private static int port(ConfigurableApplicationContext context, String property) {
			return context.getEnvironment().getRequiredProperty(property, Integer.class);
		}

		@Override
		public boolean outcome(@Nullable JsonNode outcome) {
			this.outcome.set(outcome);
			return true;
		}

		@Override
		public boolean decodes() {
			return true;
		}

		@Override
		public void verifyNothingLeft() {
			this.samples.values().forEach((sample) -> {
				NativeEngine engine = sample.getBean(NativeEngine.class);
				Awaitility.await().untilAsserted(() -> {
					assertThat(engine.inspector().counters().inFlight()).isZero();
					assertThat(engine.inspector().counters().completed())
						.isEqualTo(engine.inspector().counters().submitted());
					assertThat(engine.inspector().counters().lastNetFired()).isZero();
					assertThat(JsonMapper.shared().readTree(engine.inspector().status()).get("payloadBytes").asLong())
						.isZero();
				});
			});
		}

	}

}
