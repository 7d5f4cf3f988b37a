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
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.OtlpProperties;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.http.ContinueValve;
import dev.ferrule.otlp.http.OtlpHttpOptions;
import dev.ferrule.otlp.http.OtlpHttpServlet;
import dev.ferrule.otlp.http.ServletCallContextFactory;
import jakarta.servlet.http.HttpServlet;
import org.apache.coyote.http11.AbstractHttp11Protocol;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.tomcat.TomcatContextCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for OTLP over HTTP on the web server of the application.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnClass({ HttpServlet.class, ServletRegistrationBean.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty("ferrule.otlp.http.enabled")
@ConditionalOnBean(TelemetryEngine.class)
public final class FerruleOtlpHttpAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ServletCallContextFactory ferruleServletCallContextFactory(FerruleProperties properties) {
		return ServletCallContextFactory
			.ofFilter(ServletCallContextFactory.withDeadline(properties.context().defaultTime()));
	}

	@Bean
	@ConditionalOnMissingBean
	OtlpHttpServlet ferruleOtlpHttpServlet(FerruleProperties properties, TelemetryEngine engine,
			ErrorTranslator translator, ServletCallContextFactory contexts, ObjectProvider<NativeEngine> running) {
		properties.otlp().validate();
		OtlpProperties.Http http = properties.otlp().http();
		BodyBudget budget = BodyBudget.of(running.getIfAvailable());
		long largest = budget.largestBody(http.maxBodySize().toBytes());
		OtlpHttpOptions options = OtlpHttpOptions.defaults()
			.withSignals(http.signals())
			.withMaxBodyBytes((int) largest)
			.withLenientJson(http.jsonLenient())
			.withHandleUnknownPaths(http.unknownPaths())
			.withDefaultDeadline(properties.context().defaultTime())
			.withArrival(new OtlpHttpOptions.Arrival(budget.unfinished(http.maxUnfinishedBodySize(), largest),
					http.minBodyRate().toBytes(), http.bodyRateWindow()));
		return new OtlpHttpServlet((signal) -> engine, translator, options, contexts);
	}

	@Bean
	@ConditionalOnMissingBean(name = "ferruleOtlpHttpServletRegistration")
	ServletRegistrationBean<OtlpHttpServlet> ferruleOtlpHttpServletRegistration(OtlpHttpServlet servlet) {
		ServletRegistrationBean<OtlpHttpServlet> registration = new ServletRegistrationBean<>(servlet,
				servlet.urlMappings());
		registration.setName("ferruleOtlpHttp");
		registration.setAsyncSupported(true);
		registration.setLoadOnStartup(1);
		return registration;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ TomcatConnectorCustomizer.class, AbstractHttp11Protocol.class })
	static class TomcatConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "ferruleContinueConnector")
		TomcatConnectorCustomizer ferruleContinueConnector() {
			return ContinueValve::defer;
		}

		@Bean
		@ConditionalOnMissingBean(name = "ferruleContinueContext")
		TomcatContextCustomizer ferruleContinueContext() {
			return (context) -> context.getPipeline().addValve(new ContinueValve());
		}

	}

}
