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

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.observability.CallMetrics;
import dev.ferrule.observability.CallTimers;
import dev.ferrule.observability.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the meters of calls and of the engine.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(NativeEngine.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
public final class FerruleMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CallMetrics ferruleCallMetrics(NativeEngine engine, ContextStatistics contexts) {
		return new CallMetrics(engine.inspector(), contexts);
	}

	@Bean
	@ConditionalOnMissingBean
	CallTimers ferruleCallTimers(NativeEngine engine, MeterRegistry registry) {
		return new CallTimers(registry, engine.pipelineNames());
	}

	@Bean
	@ConditionalOnMissingBean
	EngineMetrics ferruleEngineMetrics(NativeEngine engine) {
		return new EngineMetrics(engine.inspector());
	}

}
