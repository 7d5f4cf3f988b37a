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
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.engine.EngineConfigCustomizer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for beans of type {@link EngineConfigCustomizer}.
 */
class EngineConfigCustomizerTests {

	private static final String KEY = "codecQueueCapacity";

	@Test
	void beansAreAppliedInTheirOrder() {
		new ApplicationContextRunner().withUserConfiguration(Specification.class, Customizers.class).run((context) -> {
			String configuration = context.getBean(EngineSpecification.class).toJson();
			assertThat(JsonPath.<Object>read(configuration, "$." + KEY)).isEqualTo(List.of(1, 2, 3));
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(FerruleProperties.class)
	static class Specification extends SpecificationConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		EngineConfigCustomizer unordered() {
			return (configuration) -> append(configuration, 3);
		}

		@Bean
		@Order(2)
		EngineConfigCustomizer second() {
			return (configuration) -> append(configuration, 2);
		}

		@Bean
		@Order(1)
		EngineConfigCustomizer first() {
			return (configuration) -> configuration.put(KEY, List.of(1));
		}

		private static void append(Map<String, Object> configuration, int number) {
			List<?> before = (List<?>) configuration.get(KEY);
			configuration.put(KEY, Stream.concat(before.stream(), Stream.of(number)).toList());
		}

	}

}
