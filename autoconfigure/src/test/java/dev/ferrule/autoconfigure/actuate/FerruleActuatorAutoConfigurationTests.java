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

package dev.ferrule.autoconfigure.actuate;

import dev.ferrule.actuate.RecentFailures;
import dev.ferrule.actuate.TelemetryEngineEndpoint;
import dev.ferrule.actuate.TelemetryEngineHealthIndicator;
import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.TelemetryEngine;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleActuatorAutoConfiguration}.
 */
class FerruleActuatorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleActuatorAutoConfiguration.class));

	private final ApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=ferrule");

	@Test
	void healthIsThereAndTheEndpointOnlyIfExposed() {
		this.runner.run((context) -> {
			assertThat(context.getBean("ferruleHealthIndicator", HealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP);
			assertThat(context).doesNotHaveBean(TelemetryEngineEndpoint.class).doesNotHaveBean(RecentFailures.class);
		});
		this.exposed.run((context) -> assertThat(context).hasSingleBean(TelemetryEngineEndpoint.class)
			.hasSingleBean(RecentFailures.class));
	}

	@Test
	void healthIsSwitchedOff() {
		this.exposed.withPropertyValues("management.health.ferrule.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryEngineHealthIndicator.class)
				.hasSingleBean(TelemetryEngineEndpoint.class));
	}

	@Test
	void endpointIsSwitchedOff() {
		this.exposed.withPropertyValues("management.endpoint.ferrule.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryEngineEndpoint.class)
				.hasSingleBean(TelemetryEngineHealthIndicator.class));
	}

	@Test
	void everythingWithoutItsClassesIsLeftOut() {
		this.exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.health.contributor"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("ferruleHealthIndicator")
				.hasSingleBean(TelemetryEngineEndpoint.class));
		this.exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.endpoint.annotation"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("ferruleEndpoint")
				.hasSingleBean(TelemetryEngineHealthIndicator.class));
		this.exposed.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("ferruleEndpoint"));
	}

	@Test
	void beansWhenUserDefinesThemBackOff() {
		HealthIndicator health = () -> Health.up().build();
		RecentFailures failures = new RecentFailures();
		TelemetryEngineEndpoint endpoint = new TelemetryEngineEndpoint(mock(EngineInspector.class), failures);
		this.exposed.withBean("ferruleHealthIndicator", HealthIndicator.class, () -> health)
			.withBean(RecentFailures.class, () -> failures)
			.withBean(TelemetryEngineEndpoint.class, () -> endpoint)
			.run((context) -> {
				assertThat(context).getBean(HealthIndicator.class).isSameAs(health);
				assertThat(context).getBean(RecentFailures.class).isSameAs(failures);
				assertThat(context).getBean(TelemetryEngineEndpoint.class).isSameAs(endpoint);
			});
	}

	@Test
	void engineOfTheUserIsNotWatched() {
		this.exposed.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryEngineHealthIndicator.class)
				.doesNotHaveBean(TelemetryEngineEndpoint.class));
	}

	@Test
	void nothingIsThereWhenFerruleIsOff() {
		this.exposed.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryEngineHealthIndicator.class)
				.doesNotHaveBean(TelemetryEngineEndpoint.class));
	}

}
