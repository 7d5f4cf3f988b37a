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
import dev.ferrule.engine.jna.NativeEngine;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for the health of the engine and the endpoint {@code ferrule}.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnBean(NativeEngine.class)
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
public final class FerruleActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("ferrule")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = { "ferruleHealthIndicator", "ferruleHealthContributor" })
		TelemetryEngineHealthIndicator ferruleHealthIndicator(NativeEngine engine) {
			return new TelemetryEngineHealthIndicator(engine.inspector());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	@ConditionalOnAvailableEndpoint(endpoint = TelemetryEngineEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RecentFailures ferruleRecentFailures() {
			return new RecentFailures();
		}

		@Bean
		@ConditionalOnMissingBean
		TelemetryEngineEndpoint ferruleEndpoint(NativeEngine engine, RecentFailures failures) {
			return new TelemetryEngineEndpoint(engine.inspector(), failures);
		}

	}

}
