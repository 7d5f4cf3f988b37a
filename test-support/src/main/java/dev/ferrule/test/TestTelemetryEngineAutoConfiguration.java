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

package dev.ferrule.test;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.TelemetryEngine;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the engine of tests.
 */
@AutoConfiguration(before = FerruleAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
public final class TestTelemetryEngineAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RecordingTelemetryEngine recordingTelemetryEngine() {
		return new RecordingTelemetryEngine();
	}

	@Bean
	static Replacement ferruleTestTelemetryEngineReplacement() {
		return new Replacement();
	}

	/**
	 * Takes engines of the application away, whose names then mean that of the tests.
	 */
	static final class Replacement implements BeanDefinitionRegistryPostProcessor {

		@Override
		public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
			ListableBeanFactory beans = (ListableBeanFactory) registry;
			String[] recording = beans.getBeanNamesForType(RecordingTelemetryEngine.class, true, false);
			if (recording.length != 1) {
				return;
			}
			for (String name : beans.getBeanNamesForType(TelemetryEngine.class, true, false)) {
				if (!name.equals(recording[0])) {
					registry.removeBeanDefinition(name);
					registry.registerAlias(recording[0], name);
				}
			}
		}

	}

}
