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

package dev.ferrule.engine;

import java.util.List;

import dev.ferrule.engine.EngineStatus.Pipeline;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EngineStatus}.
 */
class EngineStatusTests {

	@Test
	void membersAreRead() {
		EngineStatus status = EngineStatus.parse("""
				{"version":"1.2.3","ready":true,"stopping":true,"failure":"gave up","memoryPressure":true,
				"maxInFlight":1,"openBatches":2,"payloadBytes":3,"maxPayloadBytes":4,"late":5,"lingering":6,
				"degraded":7,"droppedHeaders":8,"droppedDetails":9,"droppedLogLines":10,
				"pipelines":[{"name":"main","instances":2,"starts":5,"queued":7}],"more":{}}""");
		Pipeline main = new Pipeline("main", 2, 5, 7);
		assertThat(status).isEqualTo(
				new EngineStatus("1.2.3", true, true, "gave up", true, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, List.of(main)));
		assertThat(main.restarts()).isEqualTo(3);
		assertThat(status.lacksPipeline()).isFalse();
	}

	@Test
	void whatIsMissingIsNothing() {
		EngineStatus status = EngineStatus.parse("{}");
		assertThat(status.version()).isEmpty();
		assertThat(status.failure()).isNull();
		assertThat(status.payloadBytes()).isZero();
		assertThat(status.pipelines()).isEmpty();
		assertThat(status.lacksPipeline()).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> EngineStatus.parse("[]"));
	}

	@Test
	void pipelineIsFoundWithAndWithoutItsGroup() {
		EngineStatus status = EngineStatus.parse("""
				{"pipelines":[{"name":"a/main"},{"name":"b/main"},{"name":"logs"}]}""");
		assertThat(status.pipeline("b", "main")).extracting(Pipeline::name).isEqualTo("b/main");
		assertThat(status.pipeline("a", "logs")).extracting(Pipeline::name).isEqualTo("logs");
		assertThat(status.pipeline("a", "other")).isNull();
	}

}
