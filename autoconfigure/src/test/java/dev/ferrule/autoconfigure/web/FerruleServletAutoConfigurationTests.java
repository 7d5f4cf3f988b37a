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

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.web.servlet.DisconnectObservationConvention;
import dev.ferrule.web.servlet.TelemetryContextFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleServletAutoConfiguration}.
 */
class FerruleServletAutoConfigurationTests {

	private static final String FILTER = "ferruleTelemetryContextFilterRegistration";

	private static final String PROTOCOL = "ferruleTomcatProtocolCustomizer";

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
			PropertyPlaceholderAutoConfiguration.class, FerruleAutoConfiguration.class,
			FerruleServletAutoConfiguration.class, FerruleTomcatAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS)
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void filterRunsInsideOfObservationAndOutsideOfSecurity() {
		this.runner.run((context) -> {
			FilterRegistrationBean<?> registration = context.getBean(FILTER, FilterRegistrationBean.class);
			assertThat(registration.getFilter()).isInstanceOf(TelemetryContextFilter.class);
			assertThat(registration.getOrder()).isGreaterThan(Ordered.HIGHEST_PRECEDENCE + 1).isLessThan(-100);
			assertThat(registration.isAsyncSupported()).isTrue();
			assertThat(registration.determineDispatcherTypes()).containsExactlyInAnyOrder(DispatcherType.REQUEST,
					DispatcherType.ASYNC);
		});
	}

	@Test
	void filterWhenUserDefinesItsRegistrationBacksOff() {
		this.runner.withBean(FILTER, FilterRegistrationBean.class, () -> mock(FilterRegistrationBean.class))
			.run((context) -> assertThat(context).hasSingleBean(FilterRegistrationBean.class));
	}

	@Test
	void filterWithoutServletApiIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader(Filter.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FILTER));
	}

	@Test
	void filterOutsideOfAWebApplicationIsAbsent() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FILTER));
	}

	@Test
	void everythingWhenFerruleIsOffIsAbsent() {
		this.runner.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(FILTER)
				.doesNotHaveBean(PROTOCOL)
				.doesNotHaveBean(ServerRequestObservationConvention.class));
	}

	@Test
	void conventionKeepsTheNameOfTheObservation() {
		this.runner.withPropertyValues("management.observations.http.server.requests.name=http.in")
			.run((context) -> assertThat(context.getBean(DisconnectObservationConvention.class).getName())
				.isEqualTo("http.in"));
	}

	@Test
	void conventionWhenUserDefinesOneBacksOff() {
		this.runner
			.withBean("own", ServerRequestObservationConvention.class, DefaultServerRequestObservationConvention::new)
			.run((context) -> assertThat(context).hasSingleBean(ServerRequestObservationConvention.class)
				.hasBean("own"));
	}

	@Test
	void conventionWithoutMicrometerIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean(FILTER)
				.doesNotHaveBean("ferruleServerRequestObservationConvention"));
	}

}
