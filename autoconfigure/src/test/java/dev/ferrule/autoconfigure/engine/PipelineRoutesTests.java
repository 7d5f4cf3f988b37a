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

package dev.ferrule.autoconfigure.engine;

import java.util.Map;

import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.TestProperties;
import dev.ferrule.engine.Signal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PipelineRoutes}.
 */
class PipelineRoutesTests {

	@Test
	void pipelineWithoutSignalsTakesTheRest() {
		assertThat(routes("ferrule.pipelines.a.signals=metrics", "ferrule.pipelines.b.exporter.type=noop"))
			.isEqualTo(Map.of(Signal.TRACES, "b", Signal.METRICS, "a", Signal.LOGS, "b"));
	}

	@Test
	void onlyPipelineWithoutSignalsTakesEverything() {
		assertThat(routes("ferrule.pipelines.a.exporter.type=noop"))
			.isEqualTo(Map.of(Signal.TRACES, "a", Signal.METRICS, "a", Signal.LOGS, "a"));
	}

	@Test
	void signalsMayAllBeNamed() {
		assertThat(routes("ferrule.pipelines.a.signals=metrics,logs", "ferrule.pipelines.b.signals=traces"))
			.isEqualTo(Map.of(Signal.TRACES, "b", Signal.METRICS, "a", Signal.LOGS, "a"));
	}

	@Test
	void signalOfTwoPipelinesIsRefused() {
		assertRefused("ferrule.pipelines.b.signals", "claims traces, which ferrule.pipelines.a.signals claims too",
				"ferrule.pipelines.a.signals=traces", "ferrule.pipelines.b.signals=traces,metrics,logs");
	}

	@Test
	void signalWithoutPipelineIsRefused() {
		assertRefused("ferrule.pipelines", "leaves metrics,logs without a pipeline",
				"ferrule.pipelines.a.signals=traces");
	}

	@Test
	void secondPipelineWithoutSignalsIsRefused() {
		assertRefused("ferrule.pipelines.b.signals", "is missing, and ferrule.pipelines.a.signals is missing too",
				"ferrule.pipelines.a.exporter.type=noop", "ferrule.pipelines.b.exporter.type=noop");
	}

	@Test
	void pipelineThatGetsNothingIsRefused() {
		assertRefused("ferrule.pipelines.b.signals", "is missing, but the other pipelines take all signals",
				"ferrule.pipelines.a.signals=traces,metrics,logs", "ferrule.pipelines.b.exporter.type=noop");
	}

	@Test
	void nameThatEnvironmentVariablesCannotCarryIsRefused() {
		assertRefused("ferrule.pipelines.my-spans", "lower-case letters and digits",
				"ferrule.pipelines.my-spans.exporter.type=noop");
	}

	private static Map<Signal, String> routes(String... pairs) {
		return PipelineRoutes.of(TestProperties.bind(pairs).pipelines()).bySignal();
	}

	private static void assertRefused(String property, String problem, String... pairs) {
		assertThatExceptionOfType(FerruleConfigurationException.class).isThrownBy(() -> routes(pairs))
			.withMessageContaining(problem)
			.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo(property));
	}

}
