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

import java.util.concurrent.CompletableFuture;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.observability.DefaultSubmitObservationConvention;
import dev.ferrule.observability.GrpcCancellationObservationFilter;
import dev.ferrule.observability.ObservedTelemetryEngine;
import dev.ferrule.observability.SubmitObservationConvention;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleObservationAutoConfiguration}.
 */
class FerruleObservationAutoConfigurationTests {

	private final ApplicationContextRunner bare = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleObservationAutoConfiguration.class));

	private final ApplicationContextRunner observing = this.bare
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class, MetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	@Test
	void engineThatIsInjectedObserves() {
		this.observing.run((context) -> {
			assertThat(context.getBean(TelemetryEngine.class)).isInstanceOf(ObservedTelemetryEngine.class);
			submit(context);
			Awaitility.await()
				.untilAsserted(() -> assertThat(context.getBean(MeterRegistry.class)
					.get("ferrule.submit")
					.tag("pipeline", "main")
					.timer()
					.count()).isOne());
		});
	}

	@Test
	void engineWithoutRegistryIsTheNativeOne() {
		this.bare.run((context) -> assertThat(context.getBean(TelemetryEngine.class)).isInstanceOf(NativeEngine.class));
	}

	@Test
	void engineWithoutMicrometerIsTheNativeOne() {
		this.bare.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context.getBean(TelemetryEngine.class)).isInstanceOf(NativeEngine.class));
	}

	@Test
	void engineWithoutTracingAndContextPropagationObserves() {
		this.observing
			.withClassLoader(
					new FilteredClassLoader("io.micrometer.tracing", "io.micrometer.context", "io.opentelemetry"))
			.run((context) -> {
				submit(context);
				Awaitility.await()
					.untilAsserted(() -> assertThat(context.getBean(MeterRegistry.class).find("ferrule.submit").timer())
						.isNotNull());
			});
	}

	@Test
	void engineWhenUserDefinesBeanBacksOff() {
		TelemetryEngine own = mock(TelemetryEngine.class);
		this.observing.withBean(TelemetryEngine.class, () -> own)
			.run((context) -> assertThat(context).getBean(TelemetryEngine.class).isSameAs(own));
	}

	@Test
	void observationsCanBeSwitchedOff() {
		this.observing.withPropertyValues("management.observations.enable.ferrule=false").run((context) -> {
			submit(context).join();
			assertThat(context.getBean(MeterRegistry.class).find("ferrule.submit").timers()).isEmpty();
		});
	}

	@Test
	void conventionWhenUserDefinesBeanIsUsed() {
		this.observing.withBean(SubmitObservationConvention.class, OwnConvention::new).run((context) -> {
			submit(context);
			Awaitility.await()
				.untilAsserted(() -> assertThat(context.getBean(MeterRegistry.class).find("own").timer()).isNotNull());
		});
	}

	@Test
	void filterForGrpcNeedsGrpc() {
		this.observing.run((context) -> assertThat(context).hasSingleBean(GrpcCancellationObservationFilter.class));
		this.observing.withClassLoader(new FilteredClassLoader("io.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("ferruleGrpcCancellationObservationFilter"));
	}

	@Test
	void nothingIsThereWhenFerruleIsOff() {
		this.observing.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ObservationRegistry.class)
				.doesNotHaveBean(TelemetryEngine.class)
				.doesNotHaveBean(GrpcCancellationObservationFilter.class));
	}

	private static CompletableFuture<ExportResult> submit(ApplicationContext context) {
		return context.getBean(TelemetryEngine.class)
			.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }), CallContext.background());
	}

	private static final class OwnConvention extends DefaultSubmitObservationConvention {

		@Override
		public String getName() {
			return "own";
		}

	}

}
