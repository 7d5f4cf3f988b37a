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
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.web.jetty.DisconnectHandler;
import org.eclipse.jetty.server.Server;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for disconnects on Jetty.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnClass({ Server.class, ConfigurableJettyWebServerFactory.class })
@ConditionalOnWebApplication
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleJettyAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "ferruleJettyDisconnects")
	WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> ferruleJettyDisconnects(
			FerruleProperties properties) {
		boolean watch = properties.cancellation().jetty().enabled();
		return (factory) -> factory
			.addServerCustomizers((server) -> server.insertHandler(new DisconnectHandler(watch)));
	}

}
