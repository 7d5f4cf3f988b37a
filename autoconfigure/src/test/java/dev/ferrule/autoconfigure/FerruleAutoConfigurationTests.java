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

import java.util.concurrent.Executor;

import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.ffi.NativeLibraryException;
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
