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

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.web.servlet.CallContextArgumentResolver;
import dev.ferrule.web.servlet.TelemetryExceptionAdvice;
import jakarta.servlet.Servlet;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Auto-configuration for {@link CallContext} as an argument of MVC controllers, and for
 * what their clients are told about failures.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnClass({ Servlet.class, WebMvcConfigurer.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleWebMvcAutoConfiguration implements WebMvcConfigurer {

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(new CallContextArgumentResolver());
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

}
