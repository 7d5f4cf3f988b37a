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

package dev.ferrule.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.EngineUnavailableException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests that applications only validate their configuration if they are told to.
 */
class ValidateOnlyTests {

	private final AtomicBoolean ended = new AtomicBoolean();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class))
		.withBean(ValidateOnlyExit.class, () -> new ValidateOnlyExit(() -> this.ended.set(true)));

	@Test
	void engineIsNotStarted() {
		this.runner.withPropertyValues("ferrule.engine.validate-only=true").run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(NativeEngine.class);
			assertThat(this.ended).isTrue();
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> engine.reserve(1));
		});
	}

	@Test
	void engineOfTheUserIsKept() {
		this.runner.withPropertyValues("ferrule.engine.validate-only=true")
			.withBean("own", TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> {
				assertThat(context).hasSingleBean(TelemetryEngine.class).hasBean("own");
				assertThat(this.ended).isTrue();
			});
	}

	@Test
	void nothingEndsByDefault() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class))
			.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class))
			.run((context) -> assertThat(context).doesNotHaveBean(ValidateOnlyExit.class));
	}

	@Test
	void validConfigurationEndsWithCodeZeroBeforeAnythingStarts() throws Exception {
		assertThat(run("--ferrule.exporter.endpoint=http://127.0.0.1:4317")).matches("(?s).*is valid.*closed.*exit 0");
	}

	@Test
	void refusedConfigurationEndsWithCodeOne() throws Exception {
		assertThat(run("--ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/misspelt-key.yaml"))
			.contains("APPLICATION FAILED TO START", "Node: out")
			.endsWith("exit 1");
	}

	@Test
	void wrongPropertyEndsWithCodeOne() throws Exception {
		assertThat(run("--ferrule.engine.cores=0")).contains("ferrule.engine.cores").endsWith("exit 1");
	}

	private static String run(String argument) throws Exception {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), "-Dspring.devtools.restart.enabled=false"));
		String library = System.getProperty("ferrule.native.path");
		if (library != null) {
			command.add("-Dferrule.native.path=" + library);
		}
		command.addAll(List.of(SpringApplication.class.getName(),
				"--spring.main.sources=" + Application.class.getName(), "--spring.main.web-application-type=none",
				"--spring.docker.compose.enabled=false", "--ferrule.engine.validate-only=true", argument));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		return output + "exit " + process.exitValue();
	}

	/**
	 * An application with something that must not start, and something to close.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(FerruleAutoConfiguration.class)
	static class Application {

		@Bean
		Server server() {
			return new Server();
		}

		@Bean
		ApplicationListener<ContextClosedEvent> closing() {
			return (event) -> LoggerFactory.getLogger(Application.class).info("closed");
		}

	}

	private static final class Server implements SmartLifecycle {

		@Override
		public void start() {
			throw new IllegalStateException("started");
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
