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
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.observability.MicrometerTraceContextExtractor;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleTracingAutoConfiguration}.
 */
class FerruleTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleTracingAutoConfiguration.class))
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void tracerIsAskedWhereThereIsOne() {
		this.runner.withBean(Tracer.class, () -> Tracer.NOOP)
			.run((context) -> assertThat(context).getBean(TraceContextExtractor.class)
				.isInstanceOf(MicrometerTraceContextExtractor.class));
	}

	@Test
	void headersAreReadWhereThereIsNoTracer() {
		this.runner.run((context) -> assertThat(context).getBean(TraceContextExtractor.class)
			.isInstanceOf(W3cTraceContextExtractor.class));
	}

	@Test
	void headersAreReadWithoutTracing() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).getBean(TraceContextExtractor.class)
				.isInstanceOf(W3cTraceContextExtractor.class));
	}

	@Test
	void extractorWhenUserDefinesBeanBacksOff() {
		W3cTraceContextExtractor own = new W3cTraceContextExtractor(new ContextStatistics());
		this.runner.withBean(Tracer.class, () -> Tracer.NOOP)
			.withBean(TraceContextExtractor.class, () -> own)
			.run((context) -> assertThat(context).getBean(TraceContextExtractor.class).isSameAs(own));
	}

	@Test
	void extractorWhenFerruleIsOffIsAbsent() {
		this.runner.withBean(Tracer.class, () -> Tracer.NOOP)
			.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TraceContextExtractor.class));
	}

}
