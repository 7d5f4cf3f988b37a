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

package dev.ferrule.otlp;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.ffi.NativeEngine;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The engine with an exporter for tests, which ends calls as a header of theirs says.
 */
final class RealEngine implements AutoCloseable {

	private final ConfigurableApplicationContext application;

	private final NativeEngine engine;

	RealEngine(int maxDecodedBytes) {
		this.application = new SpringApplicationBuilder(FerruleAutoConfiguration.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "ferrule.engine.max-decoded-size=" + maxDecodedBytes + "B",
					"ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/outcome.yaml")
			.run();
		this.engine = (NativeEngine) this.application.getBean(TelemetryEngine.class);
	}

	TelemetryEngine engine() {
		return this.engine;
	}

	void verifyNothingLeft() {
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.engine.counters().inFlight()).isZero();
			assertThat(this.engine.counters().completed()).isEqualTo(this.engine.counters().submitted());
			assertThat(this.engine.counters().lastNetFired()).isZero();
			assertThat(JsonMapper.shared().readTree(this.engine.status()).get("payloadBytes").asLong()).isZero();
		});
	}

	@Override
	public void close() {
		this.application.close();
	}

}
