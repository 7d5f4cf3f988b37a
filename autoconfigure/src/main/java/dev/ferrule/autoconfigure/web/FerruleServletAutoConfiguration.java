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
import dev.ferrule.web.servlet.DisconnectObservationConvention;
import dev.ferrule.web.servlet.TelemetryContextFilter;
import io.micrometer.common.KeyValue;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Auto-configuration for the contexts of servlet requests.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class, DisconnectedClientHelper.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleServletAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "ferruleTelemetryContextFilterRegistration")
	FilterRegistrationBean<TelemetryContextFilter> ferruleTelemetryContextFilterRegistration(
			CallContextFactory contexts) {
		FilterRegistrationBean<TelemetryContextFilter> registration = new FilterRegistrationBean<>(
				new TelemetryContextFilter(contexts));
		registration.setName("ferruleTelemetryContext");
		registration.setOrder(TelemetryContextFilter.ORDER);
		registration.setAsyncSupported(true);
		registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
		return registration;
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
