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

package dev.ferrule.test;

import java.util.List;

import dev.ferrule.engine.TelemetryEngine;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * The annotation with an application that defines engines itself.
 */
@SpringBootTest
@AutoConfigureTestTelemetryEngine
class OwnEngineTests {

	@Autowired
	private ApplicationContext context;

	@Test
	void recordingEngineTakesPlaceOfOwnEngines(@Autowired @Qualifier("telemetryEngine") TelemetryEngine engine,
			@Autowired @Qualifier("other") TelemetryEngine other) {
		List<TelemetryEngine> engines = this.context.getBeanProvider(TelemetryEngine.class).stream().toList();
		assertThat(engines).singleElement().isInstanceOf(RecordingTelemetryEngine.class);
		assertThat(engine).isSameAs(engines.get(0));
		assertThat(other).isSameAs(engines.get(0));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class OwnEngines {

		@Bean
		@Primary
		TelemetryEngine telemetryEngine() {
			return mock();
		}

		@Bean
		TelemetryEngine other() {
			return mock();
		}

	}

}
