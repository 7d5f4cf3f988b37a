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

package dev.ferrule.autoconfigure.otlp;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.http.OtlpHttpOptions;
import dev.ferrule.otlp.http.OtlpHttpServlet;
import dev.ferrule.otlp.http.ServletCallContextFactory;
import jakarta.servlet.http.HttpServlet;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleOtlpHttpAutoConfiguration}.
 */
class FerruleOtlpHttpAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(FerruleAutoConfiguration.class,
			FerruleOtlpHttpAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS)
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void servletByDefaultIsAbsent() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpHttpServlet.class));
	}

	@Test
	void servletWhenEnabledServesAllSignalsAsynchronously() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true").run((context) -> {
			assertThat(context).hasSingleBean(OtlpHttpServlet.class);
			ServletRegistrationBean<?> registration = context.getBean(ServletRegistrationBean.class);
			assertThat(registration.isAsyncSupported()).isTrue();
			assertThat(registration.getUrlMappings()).containsExactlyInAnyOrder("/v1/traces", "/v1/metrics",
					"/v1/logs");
		});
	}

	@Test
	void servletServesNamedSignalsOnly() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true", "ferrule.otlp.http.signals=logs")
			.run((context) -> assertThat(context.getBean(ServletRegistrationBean.class).getUrlMappings())
				.containsExactly("/v1/logs"));
	}

	@Test
	void servletForUnknownPathsTakesAll() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true", "ferrule.otlp.http.unknown-paths=true")
			.run((context) -> assertThat(context.getBean(ServletRegistrationBean.class).getUrlMappings())
				.containsExactly("/*"));
	}

	@Test
	void servletWhenUserDefinesBeanBacksOff() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true")
			.withBean("own", OtlpHttpServlet.class,
					() -> new OtlpHttpServlet((signal) -> mock(TelemetryEngine.class), ErrorTranslator.create(),
							OtlpHttpOptions.defaults()))
			.run((context) -> assertThat(context).hasSingleBean(OtlpHttpServlet.class).hasBean("own"));
	}

	@Test
	void servletWithoutServletApiIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader(HttpServlet.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("ferruleOtlpHttpServlet"));
	}

	@Test
	void servletWhenEnabledWithoutServletApiStopsTheStart() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true")
			.withClassLoader(new FilteredClassLoader(HttpServlet.class))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'ferrule.otlp.http.enabled'"));
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "REACTIVE" })
	void servletWhenEnabledOutsideOfAServletApplicationStopsTheStart(WebApplicationType type) {
		AbstractApplicationContextRunner<?, ?, ?> other = (type == WebApplicationType.NONE)
				? new ApplicationContextRunner() : new ReactiveWebApplicationContextRunner();
		other.withConfiguration(CONFIGURATIONS)
			.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.withPropertyValues("ferrule.otlp.http.enabled=true")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(FerruleConfigurationException.class,
						(ex) -> assertThat(ex.getAction()).contains("Add spring-boot-starter-webmvc", "reactive"))
				.hasMessageContaining("'ferrule.otlp.http.enabled'")
				.hasMessageContaining("servlet web application"));
	}

	@Test
	void servletOutsideOfAWebApplicationIsAbsent() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpHttpServlet.class));
	}

	@Test
	void contextFactoryWhenUserDefinesBeanBacksOff() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true")
			.withBean("own", ServletCallContextFactory.class,
					() -> (request, cancellation) -> CallContext.builder().build())
			.run((context) -> assertThat(context).hasSingleBean(ServletCallContextFactory.class).hasBean("own"));
	}

	@Test
	void tomcatAnswersExpectationsWhenTheBodyIsRead() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true").run((context) -> {
			Connector connector = new Connector();
			context.getBean(TomcatConnectorCustomizer.class).customize(connector);
			assertThat(((AbstractHttp11Protocol<?>) connector.getProtocolHandler()).getContinueResponseTiming())
				.isEqualTo("onRead");
		});
	}

	@Test
	void servletNeedsNoTomcat() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.tomcat", "org.apache.coyote"))
			.run((context) -> assertThat(context).hasSingleBean(OtlpHttpServlet.class)
				.doesNotHaveBean("ferruleContinueConnector"));
	}

	@Test
	void servletWithoutEngineIsAbsent() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("ferrule.otlp.http.enabled=true", "ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpHttpServlet.class));
	}

	@Test
	void sizeOutOfRangeStopsTheStart() {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true", "ferrule.otlp.http.max-body-size=4GB")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("ferrule.otlp.http.max-body-size"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-unfinished-body-size=1KB", "min-body-rate=-1KB", "body-rate-window=0s" })
	void limitOfArrivingBodiesOutOfRangeStopsTheStart(String setting) {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true", "ferrule.otlp.http." + setting)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("ferrule.otlp.http." + setting.split("=")[0]));
	}

}
