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

package dev.ferrule.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.ContextExtractor;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.TraceContextExtractor;
import dev.ferrule.context.header.DeadlineExtractor;
import dev.ferrule.context.header.DeadlineSettings;
import dev.ferrule.context.header.HeaderListCarrier;
import dev.ferrule.context.header.MetadataExtractor;
import dev.ferrule.context.header.MetadataSettings;
import dev.ferrule.context.header.W3cTraceContextExtractor;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.library.NativeLibraryException;
import dev.ferrule.error.ErrorTranslator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleAutoConfiguration} that need no native library.
 */
class FerruleAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class));

	@Test
	void engineWhenDisabledIsAbsent() {
		this.runner.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryEngine.class)
				.doesNotHaveBean(ErrorTranslator.class)
				.doesNotHaveBean(FerruleProperties.class));
	}

	@Test
	void engineWhenUserDefinesBeanBacksOff() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.run((context) -> assertThat(context).hasSingleBean(TelemetryEngine.class)
				.hasBean("ownEngine")
				.hasSingleBean(ErrorTranslator.class)
				.doesNotHaveBean(EngineLifecycle.class)
				.doesNotHaveBean(CallbackExecutor.BEAN_NAME));
	}

	@Test
	void errorTranslatorWhenUserDefinesBeanBacksOff() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.withBean("ownTranslator", ErrorTranslator.class, () -> mock(ErrorTranslator.class))
			.run((context) -> assertThat(context).hasSingleBean(ErrorTranslator.class).hasBean("ownTranslator"));
	}

	@Test
	void contextsHaveDeadlineMetadataAndTrace() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.withPropertyValues("ferrule.context.metadata.capture=true")
			.withBean("tenant", CallContextCustomizer.class,
					() -> (request, context) -> context
						.withAttributesJson("{\"host\":\"" + context.metadata().host() + "\"}"))
			.run((context) -> {
				assertThat(context).hasSingleBean(DeadlineExtractor.class)
					.hasSingleBean(MetadataExtractor.class)
					.hasSingleBean(W3cTraceContextExtractor.class)
					.hasSingleBean(ContextStatistics.class);
				CallContext call = context.getBean(CallContextFactory.class)
					.begin(HeaderListCarrier.of(Map.of("host", "gw", "x-request-timeout", "9s", "traceparent",
							"00-4c1fd2e8a07b9635f1d0c3b2a4956871-9ab1c2d3e4f50617-01")))
					.get();
				assertThat(call.deadline().remainingNanos()).isLessThanOrEqualTo(9_000_000_000L);
				assertThat(call.trace()).isNotNull();
				assertThat(call.attributesJson()).isEqualTo("{\"host\":\"gw\"}");
			});
	}

	@Test
	void extractorsWhenUserDefinesBeansBackOff() {
		DeadlineExtractor deadlines = new DeadlineExtractor(new DeadlineSettings(null, null, false, Map.of()),
				new ContextStatistics());
		MetadataExtractor metadata = new MetadataExtractor(MetadataSettings.standard(true), new ContextStatistics());
		TraceContextExtractor traces = (request, context) -> {
		};
		CallContextFactory factory = new CallContextFactory(List.of(), List.of());
		this.runner.withUserConfiguration(OwnEngine.class)
			.withBean("deadlines", DeadlineExtractor.class, () -> deadlines)
			.withBean("metadata", MetadataExtractor.class, () -> metadata)
			.withBean("traces", TraceContextExtractor.class, () -> traces)
			.withBean("factory", CallContextFactory.class, () -> factory)
			.run((context) -> {
				assertThat(context.getBeansOfType(ContextExtractor.class)).containsOnlyKeys("deadlines", "metadata",
						"traces");
				assertThat(context).getBean(CallContextFactory.class).isSameAs(factory);
			});
	}

	@Test
	void extractorsOfTheApplicationRunLast() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.withBean("none", ContextExtractor.class, () -> (request, context) -> context.deadline(null))
			.run((context) -> assertThat(context.getBean(CallContextFactory.class)
				.begin(HeaderListCarrier.of(Map.of("x-request-timeout", "9s")))
				.get()
				.deadline()).isNull());
	}

	@Test
	void contextKeysAreCheckedWithoutAnEngine() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.withPropertyValues("ferrule.context.default-deadline=61s")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(FerruleConfigurationException.class));
	}

	@Test
	void unknownKeyStopsTheStart() {
		this.runner.withUserConfiguration(OwnEngine.class)
			.withPropertyValues("ferrule.exporter.endpiont=http://localhost:4317")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("ferrule.exporter.endpiont"));
	}

	@Test
	void missingLibraryStopsTheStart() {
		this.runner.withPropertyValues("ferrule.native.path=/does/not/exist.so")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(NativeLibraryException.class));
	}

	@Test
	void propertiesAreCheckedBeforeTheLibraryIsLoaded() {
		this.runner.withPropertyValues("ferrule.native.path=/does/not/exist.so", "ferrule.engine.cores=0")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(FerruleConfigurationException.class));
	}

	@Test
	void callbackExecutorDoesNotReplaceTheExecutorOfTheApplication() {
		this.runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withUserConfiguration(CallbackExecutorOnly.class)
			.run((context) -> {
				assertThat(context).hasBean("applicationTaskExecutor").hasBean(CallbackExecutor.BEAN_NAME);
				assertThat(context.getBean(Executor.class)).isSameAs(context.getBean("applicationTaskExecutor"));
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEngine {

		@Bean
		TelemetryEngine ownEngine() {
			return mock(TelemetryEngine.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CallbackExecutorOnly {

		@Bean
		TelemetryEngine ownEngine() {
			return mock(TelemetryEngine.class);
		}

		@Bean(name = CallbackExecutor.BEAN_NAME, defaultCandidate = false)
		CallbackExecutor callbackExecutor() {
			return CallbackExecutor.create(false);
		}

	}

}
