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

import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.ferrule.engine.EngineConfigCustomizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that refusals of the real engine are explained.
 */
@ExtendWith(OutputCaptureExtension.class)
class EngineRefusalTests {

	@Test
	void nodeThatTheEngineRefusesIsNamed(CapturedOutput output) {
		run("--ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/misspelt-key.yaml");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("max_in_flght")
			.contains("Group: default")
			.contains("Pipeline: main")
			.contains("Node: out")
			.contains("Correct node 'out' in class path resource [dev/ferrule/autoconfigure/misspelt-key.yaml]");
	}

	@Test
	void propertiesBehindARefusedNodeAreNamed(CapturedOutput output) {
		SpringApplication application = application();
		application.addInitializers((context) -> ((GenericApplicationContext) context)
			.registerBean(EngineConfigCustomizer.class, () -> EngineRefusalTests::misspell));
		assertThatException()
			.isThrownBy(() -> application.run("--ferrule.pipelines.all.exporter.endpoint=http://127.0.0.1:4317"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Pipeline: all")
			.contains("Node: exporter")
			.contains("Correct the properties under 'ferrule.pipelines.all.exporter'");
	}

	@SuppressWarnings("unchecked")
	private static void misspell(Map<String, Object> configuration) {
		Map<String, Object> map = configuration;
		for (String key : List.of("spec", "groups", "default", "pipelines", "all", "nodes", "exporter", "config")) {
			map = (Map<String, Object>) Objects.requireNonNull(map.get(key));
		}
		map.put("max_in_flght", 5);
	}

	@Test
	void tooManyCoresAreNamed(CapturedOutput output) {
		run("--ferrule.engine.cores=1024");
		assertThat(output).contains("APPLICATION FAILED TO START").contains("Lower ferrule.engine.cores");
	}

	private static void run(String... arguments) {
		assertThatException().isThrownBy(() -> application().run(arguments));
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(FerruleAutoConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

}
