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
import dev.ferrule.web.reactive.DisconnectObservationConvention;
import dev.ferrule.web.reactive.TelemetryContextWebFilter;
import dev.ferrule.web.reactive.TelemetryExceptionAdvice;
import io.micrometer.common.KeyValue;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.web.reactive.config.WebFluxConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FerruleWebFluxAutoConfiguration}.
 */
class FerruleWebFluxAutoConfigurationTests {

	private static final CallContextFactory contexts = new CallContextFactory(List.of(), List.of());

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(FerruleWebFluxAutoConfiguration.class, WebFluxAutoConfiguration.class));

	@Test
	void filterAndConventionAreThere() {
		this.runner.withBean(CallContextFactory.class, () -> contexts).run((context) -> {
			assertThat(context).hasSingleBean(TelemetryContextWebFilter.class);
			assertThat(context.getBean(TelemetryContextWebFilter.class).getOrder()).isLessThan(-100);
			assertThat(context.getBean(ServerRequestObservationConvention.class))
				.isInstanceOf(DisconnectObservationConvention.class);
			assertThat(context.getBean(ServerRequestObservationConvention.class).getName())
				.isEqualTo("http.server.requests");
		});
	}

	@Test
	void conventionHasTheConfiguredName() {
		this.runner.withBean(CallContextFactory.class, () -> contexts)
			.withPropertyValues("management.observations.http.server.requests.name=requests")
			.run((context) -> assertThat(context.getBean(ServerRequestObservationConvention.class).getName())
				.isEqualTo("requests"));
	}

	@Test
	void withoutContextsThereIsNothing() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(TelemetryContextWebFilter.class)
			.doesNotHaveBean(ServerRequestObservationConvention.class));
	}

	@Test
	void withoutReactiveServerThereIsNothing() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(FerruleWebFluxAutoConfiguration.class))
			.withBean(CallContextFactory.class, () -> contexts)
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryContextWebFilter.class));
	}

	@Test
	void withoutWebFluxThereIsNothing() {
		this.runner.withClassLoader(new FilteredClassLoader(WebFluxConfigurer.class))
			.withBean(CallContextFactory.class, () -> contexts)
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryContextWebFilter.class));
	}

	@Test
	void withoutMicrometerThereIsNoConvention() {
		this.runner.withClassLoader(new FilteredClassLoader(KeyValue.class))
			.withBean(CallContextFactory.class, () -> contexts)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TelemetryContextWebFilter.class)
				.doesNotHaveBean(DisconnectObservationConvention.class));
	}

	@Test
	void beansOfTheApplicationWin() {
		TelemetryContextWebFilter filter = new TelemetryContextWebFilter(contexts);
		ServerRequestObservationConvention convention = new DefaultServerRequestObservationConvention();
		this.runner.withBean(CallContextFactory.class, () -> contexts)
			.withBean(TelemetryContextWebFilter.class, () -> filter)
			.withBean(ServerRequestObservationConvention.class, () -> convention)
			.run((context) -> {
				assertThat(context.getBean(TelemetryContextWebFilter.class)).isSameAs(filter);
				assertThat(context.getBean(ServerRequestObservationConvention.class)).isSameAs(convention);
			});
	}

	@Test
	void adviceIsThere() {
		this.runner.withBean(CallContextFactory.class, () -> contexts)
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.run((context) -> assertThat(context).hasSingleBean(TelemetryExceptionAdvice.class));
	}

	@Test
	void adviceSwitchedOffIsAbsent() {
		this.runner.withBean(CallContextFactory.class, () -> contexts)
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.withPropertyValues("ferrule.errors.web.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TelemetryExceptionAdvice.class));
	}

	@Test
	void adviceWhenUserDefinesBeanBacksOff() {
		this.runner.withBean(CallContextFactory.class, () -> contexts)
			.withBean(ErrorTranslator.class, ErrorTranslator::create)
			.withBean("own", TelemetryExceptionAdvice.class,
					() -> new TelemetryExceptionAdvice(ErrorTranslator.create()))
			.run((context) -> assertThat(context).hasSingleBean(TelemetryExceptionAdvice.class).hasBean("own"));
	}

}
