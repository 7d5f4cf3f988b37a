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
import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.observability.CurrentSpan;
import dev.ferrule.observability.GrpcCancellationObservationFilter;
import dev.ferrule.observability.ObservedTelemetryEngine;
import dev.ferrule.observability.SubmitObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/**
 * Auto-configuration for the observation of submissions and of gRPC calls.
 */
@AutoConfiguration(after = { FerruleAutoConfiguration.class, FerruleTracingAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
public final class FerruleObservationAutoConfiguration {

	// A bean of its own beside the engine, which must not know the registry: the registry
	// may need the tracer, the tracer its exporter, and the exporter the engine.
	@Bean
	@Primary
	@ConditionalOnBean({ NativeEngine.class, EngineSpecification.class })
	ObservedTelemetryEngine ferruleObservedTelemetryEngine(NativeEngine engine, EngineSpecification specification,
			ObservationRegistry registry, ObjectProvider<SubmitObservationConvention> convention,
			ObjectProvider<CurrentSpan> span) {
		return new ObservedTelemetryEngine(engine, specification.routes().bySignal()::get,
				new ObservedTelemetryEngine.Observing(registry, convention.getIfAvailable(), span.getIfAvailable()));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ GrpcServerObservationContext.class, io.grpc.Context.class })
	static class GrpcConfiguration {

		@Bean
		@ConditionalOnMissingBean
		GrpcCancellationObservationFilter ferruleGrpcCancellationObservationFilter() {
			return new GrpcCancellationObservationFilter();
		}

	}

}
