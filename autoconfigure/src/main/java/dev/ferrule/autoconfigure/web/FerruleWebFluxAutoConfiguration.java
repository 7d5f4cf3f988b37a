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
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.web.reactive.CallContextArgumentResolver;
import dev.ferrule.web.reactive.DisconnectObservationConvention;
import dev.ferrule.web.reactive.TelemetryContextWebFilter;
import dev.ferrule.web.reactive.TelemetryExceptionAdvice;
import io.micrometer.common.KeyValue;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/**
 * Auto-configuration for the contexts of WebFlux requests, and for what their clients are
 * told about failures.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class,
		beforeName = "org.springframework.boot.webflux.autoconfigure.WebFluxObservationAutoConfiguration")
@ConditionalOnClass(WebFluxConfigurer.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleWebFluxAutoConfiguration implements WebFluxConfigurer {

	@Override
	public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
		configurer.addCustomResolver(new CallContextArgumentResolver());
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryContextWebFilter ferruleTelemetryContextWebFilter(CallContextFactory contexts) {
		return new TelemetryContextWebFilter(contexts);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "ferrule.errors.web.enabled", matchIfMissing = true)
	@ConditionalOnBean(ErrorTranslator.class)
	static class ErrorConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TelemetryExceptionAdvice ferruleTelemetryExceptionAdvice(ErrorTranslator translator) {
			return new TelemetryExceptionAdvice(translator);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ KeyValue.class, ServerRequestObservationConvention.class })
	static class ObservationConfiguration {

		@Bean
		@ConditionalOnMissingBean(ServerRequestObservationConvention.class)
		DisconnectObservationConvention ferruleServerRequestObservationConvention(Environment environment) {
			return new DisconnectObservationConvention(ServerRequestsObservation.name(environment));
		}

	}

}
