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
import dev.ferrule.context.TraceContextExtractor;
import dev.ferrule.context.header.W3cTraceContextExtractor;
import dev.ferrule.observability.CurrentSpan;
import dev.ferrule.observability.MicrometerTraceContextExtractor;
import io.micrometer.tracing.Tracer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration for trace contexts from Micrometer Tracing.
 */
@AutoConfiguration(before = FerruleAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration" })
@ConditionalOnClass(Tracer.class)
@ConditionalOnBean(Tracer.class)
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
public final class FerruleTracingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CurrentSpan ferruleCurrentSpan(Tracer tracer) {
		return new CurrentSpan(tracer);
	}

	@Bean
	@Order(0)
	@ConditionalOnMissingBean(TraceContextExtractor.class)
	MicrometerTraceContextExtractor ferruleTraceContextExtractor(CurrentSpan span, ContextStatistics statistics) {
		return new MicrometerTraceContextExtractor(span, new W3cTraceContextExtractor(statistics));
	}

}
