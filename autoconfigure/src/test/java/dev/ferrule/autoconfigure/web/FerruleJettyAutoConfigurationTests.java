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

import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.TestProperties;
import dev.ferrule.context.CallContextFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FerruleJettyAutoConfiguration}.
 */
class FerruleJettyAutoConfigurationTests {

	private static final String CUSTOMIZER = "ferruleJettyDisconnects";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleJettyAutoConfiguration.class))
		.withUserConfiguration(PropertiesConfiguration.class);

	@Test
	void serversAreCustomized() {
		withContexts().run((context) -> assertThat(context).hasBean(CUSTOMIZER));
	}

	@Test
	void withoutContextsServersAreLeftAlone() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(CUSTOMIZER));
	}

	@Test
	void withoutJettyThereIsNothingToCustomize() {
		withContexts().withClassLoader(new FilteredClassLoader(Server.class))
			.run((context) -> assertThat(context).doesNotHaveBean(CUSTOMIZER));
	}

	@Test
	void http1IsWatchedOnlyIfAskedFor() {
		assertThat(TestProperties.bind().cancellation().jetty().enabled()).isFalse();
		assertThat(TestProperties.bind("ferrule.cancellation.jetty.enabled=true").cancellation().jetty().enabled())
			.isTrue();
	}

	private WebApplicationContextRunner withContexts() {
		return this.runner.withBean(CallContextFactory.class, () -> new CallContextFactory(List.of(), List.of()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(FerruleProperties.class)
	static class PropertiesConfiguration {

	}

}
