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

package dev.ferrule.autoconfigure.observation;

import java.time.Duration;
import java.util.List;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.observability.CallMetrics;
import dev.ferrule.observability.CallTimers;
import dev.ferrule.observability.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleMetricsAutoConfiguration}.
 */
class FerruleMetricsAutoConfigurationTests {

	private final ApplicationContextRunner bare = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleMetricsAutoConfiguration.class));

	private final ApplicationContextRunner metered = this.bare
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	@Test
	void callsAreCountedInTheRegistry() {
		this.metered.run((context) -> {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			engine
				.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }),
						CallContext.background())
				.join();
			assertThat(engine.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 1, 2 }), CallContext.background()))
				.failsWithin(Duration.ofSeconds(10));
			assertThat(calls(context, "none")).isOne();
			assertThat(calls(context, "PERMANENT")).isOne();
			assertThat(registry(context).get("ferrule.calls.submitted").functionCounter().count()).isEqualTo(2);
			assertThat(registry(context).get("ferrule.payload.max").gauge().value()).isPositive();
			assertThat(registry(context).get("ferrule.lane.depth").tag("pipeline", "main").gauge().value()).isZero();
		});
	}

	@Test
	void stagesOfCallsAreTimedButNotOfThoseRefusedAtOnce() {
		this.metered.run((context) -> {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			engine.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }),
					CallContext.background());
			engine.submit(TelemetryPayload.of(Signal.TRACES, new byte[0]),
					CallContext.builder().deadline(Deadline.after(Duration.ZERO)).build());
			Awaitility.await().untilAsserted(() -> {
				assertThat(registry(context).get("ferrule.calls.submitted").functionCounter().count()).isEqualTo(2);
				for (String stage : List.of("queue", "pipeline", "export")) {
					assertThat(registry(context).get("ferrule.calls.time")
						.tags("pipeline", "main", "stage", stage)
						.timer()
						.count()).isOne();
				}
			});
		});
	}

	@Test
	void deniedTimersCostNothing() {
		this.metered.withBean(MeterFilter.class, () -> MeterFilter.denyNameStartsWith("ferrule.calls.time"))
			.run((context) -> assertThat(context.getBean(CallTimers.class).isFailuresOnly()).isTrue());
		this.metered.run((context) -> assertThat(context.getBean(CallTimers.class).isFailuresOnly()).isFalse());
	}

	@Test
	void metricsOfTheEngineAppearWithPipelineAndNode() {
		this.metered.run((context) -> Awaitility.await().untilAsserted(() -> {
			assertThat(registry(context).get("ferrule.engine.series").gauge().value()).isPositive();
			assertThat(registry(context).find("ferrule.engine.pipeline.uptime").tag("pipeline", "main").gauge())
				.isNotNull();
			assertThat(registry(context).getMeters()
				.stream()
				.filter((meter) -> meter.getId().getName().startsWith("ferrule.engine."))
				.filter((meter) -> "exporter".equals(meter.getId().getTag("node")))).isNotEmpty();
		}));
	}

	@Test
	void registryThatOutlivesTheContextHasTheMetersOfTheNextEngine() {
		MeterRegistry shared = new SimpleMeterRegistry();
		for (int i = 0; i < 2; i++) {
			this.metered.run((context) -> {
				context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(shared));
				context.getBean(TelemetryEngine.class)
					.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }),
							CallContext.background())
					.join();
				assertThat(shared.get("ferrule.calls.submitted").functionCounter().count()).isOne();
			});
			assertThat(shared.getMeters()).isEmpty();
		}
	}

	@Test
	void metersWithoutRegistryAreLeftOut() {
		this.bare.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(CallMetrics.class)
			.doesNotHaveBean(CallTimers.class)
			.doesNotHaveBean(EngineMetrics.class));
	}

	@Test
	void metersAreLeftOutWhereNoneOfSeveralRegistriesIsPrimary() {
		this.bare.withBean("one", SimpleMeterRegistry.class)
			.withBean("two", SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CallTimers.class));
	}

	@Test
	void metersWithoutMicrometerAreLeftOut() {
		this.bare.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("ferruleCallMetrics"));
	}

	@Test
	void metersWhenUserDefinesBeansBackOff() {
		EngineInspector engine = mock(EngineInspector.class);
		CallMetrics calls = new CallMetrics(engine, new ContextStatistics());
		EngineMetrics metrics = new EngineMetrics(engine);
		this.metered.withBean(CallMetrics.class, () -> calls)
			.withBean(EngineMetrics.class, () -> metrics)
			.run((context) -> {
				assertThat(context).getBean(CallMetrics.class).isSameAs(calls);
				assertThat(context).getBean(EngineMetrics.class).isSameAs(metrics);
			});
	}

	@Test
	void metersOfAnEngineOfTheUserAreLeftOut() {
		this.metered.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CallMetrics.class));
	}

	@Test
	void nothingIsThereWhenFerruleIsOff() {
		this.metered.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CallMetrics.class)
				.doesNotHaveBean(EngineMetrics.class));
	}

	private static double calls(ApplicationContext context, String kind) {
		return registry(context).get("ferrule.calls").tag("kind", kind).functionCounter().count();
	}

	private static MeterRegistry registry(ApplicationContext context) {
		return context.getBean(MeterRegistry.class);
	}

}
