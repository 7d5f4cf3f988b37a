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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each bean that is configured for an application leaves its place to one of
 * the application, of its type or of its name.
 */
class BackOffTests {

	private static final Map<String, String> EXCEPTIONS = Map.of("ferruleObservedTelemetryEngine",
			"wraps our engine, which is not there if the application has one");

	@Test
	void everyBeanBacksOff() {
		List<BeanMethod> beans = beans();
		assertThat(beans).extracting(BeanMethod::name)
			.contains("telemetryEngine", "ferruleEngineSpecification", "ferruleOtlpTraceService")
			.containsAll(EXCEPTIONS.keySet());
		assertThat(beans).filteredOn((bean) -> !EXCEPTIONS.containsKey(bean.name()))
			.allMatch(BeanMethod::backsOff, "backs off");
	}

	private static List<BeanMethod> beans() {
		List<Class<?>> configurations = new ArrayList<>();
		for (String name : ImportCandidates.load(AutoConfiguration.class, BackOffTests.class.getClassLoader())) {
			if (name.startsWith("dev.ferrule.")) {
				configurations.addAll(withNested(ClassUtils.resolveClassName(name, null)).toList());
			}
		}
		return configurations.stream()
			.flatMap((configuration) -> Arrays.stream(ReflectionUtils.getAllDeclaredMethods(configuration))
				.filter((method) -> method.isAnnotationPresent(Bean.class))
				.map((method) -> new BeanMethod(configuration, method)))
			.toList();
	}

	private static Stream<Class<?>> withNested(Class<?> configuration) {
		return Stream.concat(Stream.of(configuration),
				Arrays.stream(configuration.getDeclaredClasses()).flatMap(BackOffTests::withNested));
	}

	/**
	 * A method that defines a bean.
	 *
	 * @param configuration class that the method is used in, which may inherit it
	 * @param method the method
	 */
	record BeanMethod(Class<?> configuration, Method method) {

		String name() {
			return this.method.getName();
		}

		boolean backsOff() {
			return Stream.of(this.method, this.configuration)
				.anyMatch((element) -> element.isAnnotationPresent(ConditionalOnMissingBean.class));
		}

	}

}
