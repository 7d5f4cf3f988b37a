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

package dev.ferrule.observability;

import dev.ferrule.context.ContextStatistics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallMetrics}.
 */
class CallMetricsTests {

	private final FakeEngineInspector engine = new FakeEngineInspector();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private CallMetrics metrics;

	@Test
	void callsAreCountedByOutcomeAndKind() {
		bind();
		assertThat(counter("ferrule.calls.submitted")).isEqualTo(10);
		assertThat(counter("ferrule.calls", "outcome", "SUCCESS", "kind", "none")).isEqualTo(7);
		assertThat(counter("ferrule.calls", "outcome", "FAILURE", "kind", "TIMEOUT")).isEqualTo(2);
		assertThat(counter("ferrule.calls", "outcome", "REFUSED", "kind", "PERMANENT")).isZero();
		assertThat(gauge("ferrule.calls.in.flight")).isEqualTo(1);
		assertThat(counter("ferrule.calls.last.net")).isZero();
	}

	@Test
	void problemsOfBothSidesAreCounted() {
		this.engine.status = "{\"droppedDetails\":5,\"openBatches\":4}";
		bind();
		assertThat(counter("ferrule.problems", "problem", "poll.failed")).isEqualTo(2);
		assertThat(counter("ferrule.problems", "problem", "answer.incomplete")).isEqualTo(5);
		assertThat(counter("ferrule.payload.submitted")).isEqualTo(1234);
		assertThat(gauge("ferrule.batches.open")).isEqualTo(4);
	}

	@Test
	void bothSidesAreAddedUp() {
		this.engine.status = """
				{"late":5,"droppedLogLines":6,"degraded":1,"payloadBytes":100,"maxPayloadBytes":200,"maxInFlight":9,
				"pipelines":[{"name":"main","queued":3,"starts":2}]}""";
		bind();
		assertThat(counter("ferrule.calls.late")).isEqualTo(8);
		assertThat(counter("ferrule.log.dropped")).isEqualTo(10);
		assertThat(counter("ferrule.contexts.degraded")).isGreaterThanOrEqualTo(1);
		assertThat(gauge("ferrule.payload.used")).isEqualTo(100);
		assertThat(gauge("ferrule.payload.max")).isEqualTo(200);
		assertThat(gauge("ferrule.calls.max")).isEqualTo(9);
		assertThat(gauge("ferrule.lane.depth", "pipeline", "main")).isEqualTo(3);
		assertThat(counter("ferrule.pipeline.starts", "pipeline", "main")).isEqualTo(2);
	}

	@Test
	void closeRemovesOwnMetersOnly() {
		this.registry.gauge("ferrule.calls.max", 7);
		this.engine.status = "{\"pipelines\":[{\"name\":\"main\"}]}";
		bind();
		assertThat(this.registry.find("ferrule.lane.depth").gauge()).isNotNull();
		this.metrics.close();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactly("ferrule.calls.max");
	}

	private void bind() {
		// Held, because meters refer to it weakly
		this.metrics = new CallMetrics(this.engine, new ContextStatistics());
		this.metrics.bindTo(this.registry);
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter().count();
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tags(tags).gauge().value();
	}

}
