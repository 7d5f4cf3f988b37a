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
import dev.ferrule.web.tomcat.ProtocolProbe;
import org.apache.coyote.http11.Http11NioProtocol;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that lets Tomcat notice when clients leave.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class)
@ConditionalOnClass({ Http11NioProtocol.class, TomcatWebServerFactory.class })
@ConditionalOnBooleanProperty(name = "ferrule.cancellation.tomcat.enabled", matchIfMissing = true)
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleTomcatAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "ferruleTomcatProtocolCustomizer")
	TomcatProtocolCustomizer ferruleTomcatProtocolCustomizer(ListableBeanFactory beans) {
		return new TomcatProtocolCustomizer(() -> isWanted(beans), ProtocolProbe::findProblem);
	}

	// Asked when the server is created, when all definitions of beans are there.
	private static boolean isWanted(ListableBeanFactory beans) {
		FerruleProperties properties = beans.getBeanProvider(FerruleProperties.class).getIfAvailable();
		if (properties == null) {
			return true;
		}
		Boolean enabled = properties.cancellation().tomcat().enabled();
		return (enabled != null) ? enabled : properties.otlp().http().enabled() || ContextArguments.areUsedBy(beans);
	}

}
