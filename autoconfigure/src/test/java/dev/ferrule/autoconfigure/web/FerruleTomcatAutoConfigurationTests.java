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
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.web.tomcat.DisconnectAwareHttp11NioProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleTomcatAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FerruleTomcatAutoConfigurationTests {

	private static final String PROTOCOL = "ferruleTomcatProtocolCustomizer";

	private static final String OURS = DisconnectAwareHttp11NioProtocol.class.getName();

	private static final String TOMCATS = TomcatWebServerFactory.DEFAULT_PROTOCOL;

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class, FerruleAutoConfiguration.class,
						FerruleServletAutoConfiguration.class, FerruleTomcatAutoConfiguration.class))
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void protocolWhereNobodyUsesAContextIsTomcatsOwn() {
		this.runner.withBean(Plain.class).run((context) -> assertThat(protocol(context)).isEqualTo(TOMCATS));
	}

	@Test
	void protocolWhereOtlpIsServedIsReplaced(CapturedOutput output) {
		this.runner.withPropertyValues("ferrule.otlp.http.enabled=true")
			.run((context) -> assertThat(protocol(context)).isEqualTo(OURS));
		assertThat(output).doesNotContain(" WARN ");
	}

	@Test
	void protocolWhereAControllerTakesAContextIsReplaced() {
		this.runner.withBean(TakesContext.class).run((context) -> assertThat(protocol(context)).isEqualTo(OURS));
		this.runner.withBean(InheritsContext.class).run((context) -> assertThat(protocol(context)).isEqualTo(OURS));
	}

	@Test
	void protocolWhenSwitchedOnIsReplaced() {
		this.runner.withPropertyValues("ferrule.cancellation.tomcat.enabled=true")
			.run((context) -> assertThat(protocol(context)).isEqualTo(OURS));
	}

	@Test
	void protocolOfTheUserIsKept() {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		factory.setProtocol("org.apache.coyote.http11.Http11Nio2Protocol");
		this.runner.withPropertyValues("ferrule.cancellation.tomcat.enabled=true").run((context) -> {
			context.getBean(TomcatProtocolCustomizer.class).customize(factory);
			assertThat(factory.getProtocol()).isEqualTo("org.apache.coyote.http11.Http11Nio2Protocol");
		});
	}

	@Test
	void protocolWhenSwitchedOffIsKept() {
		this.runner.withPropertyValues("ferrule.cancellation.tomcat.enabled=false", "ferrule.otlp.http.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PROTOCOL));
	}

	@Test
	void protocolWithoutTomcatIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader(Http11NioProtocol.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PROTOCOL));
	}

	@Test
	void protocolThatDoesNotFitIsLeftAloneWithOneWarning(CapturedOutput output) {
		TomcatProtocolCustomizer customizer = new TomcatProtocolCustomizer(() -> true, () -> "no such method");
		for (int i = 0; i < 2; i++) {
			TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
			customizer.customize(factory);
			assertThat(factory.getProtocol()).isEqualTo(TOMCATS);
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains(" WARN "))).singleElement()
			.asString()
			.contains("no such method")
			.contains("'ferrule.cancellation.tomcat.enabled=false'")
			.contains("not cancelled before its answer is written");
	}

	@Test
	void protocolThatNobodyWantsIsNotProbed() {
		TomcatProtocolCustomizer customizer = new TomcatProtocolCustomizer(() -> false, () -> {
			throw new AssertionError("probed");
		});
		customizer.customize(new TomcatServletWebServerFactory());
	}

	private static String protocol(ApplicationContext context) {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		context.getBean(TomcatProtocolCustomizer.class).customize(factory);
		return factory.getProtocol();
	}

	@Controller
	static class Plain {

		void handle(String parameter) {
		}

	}

	@RestController
	static class TakesContext {

		void handle(String parameter, CallContext context) {
		}

	}

	@Controller
	static class InheritsContext extends TakesContext {

	}

}
