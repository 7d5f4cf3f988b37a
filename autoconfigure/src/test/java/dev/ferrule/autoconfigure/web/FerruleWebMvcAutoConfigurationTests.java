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

package dev.ferrule.autoconfigure.web;

import java.util.List;

import dev.ferrule.context.CallContextFactory;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.web.servlet.CallContextArgumentResolver;
import dev.ferrule.web.servlet.TelemetryExceptionAdvice;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link FerruleWebMvcAutoConfiguration} and
 * {@link CallContextArgumentResolver}.
 */
class FerruleWebMvcAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleWebMvcAutoConfiguration.class, WebMvcAutoConfiguration.class));

	@Test
	void controllersCanHaveTheContextAsAnArgument() {
		this.runner.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()))
			.run((context) -> assertThat(
					context.getBean(RequestMappingHandlerAdapter.class).getCustomArgumentResolvers())
				.hasAtLeastOneElementOfType(CallContextArgumentResolver.class));
	}

	@Test
	void withoutContextsThereIsNoResolver() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(FerruleWebMvcAutoConfiguration.class));
	}

	@Test
	void withoutMvcThereIsNoResolver() {
		this.runner.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class))
			.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()))
			.run((context) -> assertThat(context).doesNotHaveBean(FerruleWebMvcAutoConfiguration.class));
	}

	@Test
	void adviceIsThere() {
		this.runner.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()))
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.run((context) -> assertThat(context).hasSingleBean(TelemetryExceptionAdvice.class));
	}

	@Test
	void adviceSwitchedOffIsAbsent() {
		this.runner.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()))
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.withPropertyValues("ferrule.errors.web.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TelemetryExceptionAdvice.class));
	}

	@Test
	void adviceWhenUserDefinesBeanBacksOff() {
		this.runner.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()))
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.withBean("own", TelemetryExceptionAdvice.class,
					() -> new TelemetryExceptionAdvice(ErrorTranslator.create()))
			.run((context) -> assertThat(context).hasSingleBean(TelemetryExceptionAdvice.class).hasBean("own"));
	}

	@Test
	void argumentWithoutFilterNamesTheFilter() {
		ServletWebRequest request = new ServletWebRequest(new MockHttpServletRequest());
		assertThatIllegalStateException()
			.isThrownBy(() -> new CallContextArgumentResolver().resolveArgument(null, null, request, null))
			.withMessageContaining("TelemetryContextFilter");
	}

}
