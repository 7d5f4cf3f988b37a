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

package dev.ferrule.actuate;

import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TelemetryEngineHealthIndicator}.
 */
class TelemetryEngineHealthIndicatorTests {

	private static final String RUNNING = """
			{"version":"1.2.3","failure":null,"ready":true,"stopping":false,"memoryPressure":false,"payloadBytes":10,
			"maxPayloadBytes":1000,"pipelines":[{"name":"main","instances":2,"queued":7,"starts":5}]}""";

	private static final String ENDED = "The engine ended by itself and takes no calls until the application is restarted";

	private final EngineInspector engine = mock(EngineInspector.class);

	@Test
	void runningEngineIsUpWithDetails() {
		Health health = health(EngineState.ACCEPTING, RUNNING);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).hasToString("{version=1.2.3, memoryPressure=false, payloadBytes=10,"
				+ " maxPayloadBytes=1000, restarts=3, pipelines={main={threads=2, restarts=3, queued=7}}}");
	}

	@Test
	void engineThatEndedIsDown() {
		assertUnhealthy(health(EngineState.ENDED, RUNNING), Status.DOWN, ENDED);
	}

	@Test
	void engineThatIsAboutToEndIsDownWithItsReason() {
		String status = RUNNING.replace("\"stopping\":false", "\"stopping\":true,\"failure\":\"gave up\"");
		Health health = health(EngineState.ACCEPTING, status.replace("\"instances\":2", "\"instances\":0"));
		assertUnhealthy(health, Status.DOWN, ENDED);
		assertThat(health.getDetails()).containsEntry("failure", "gave up");
	}

	@Test
	void engineThatStopsOrIsPausedIsOutOfService() {
		assertUnhealthy(health(EngineState.STOPPING, "none"), Status.OUT_OF_SERVICE,
				"The engine was told to take no calls");
		assertUnhealthy(health(EngineState.ACCEPTING, RUNNING.replace("\"stopping\":false", "\"stopping\":true")),
				Status.OUT_OF_SERVICE, "The engine stops");
	}

	@Test
	void pipelineThatDoesNotRunIsOutOfService() {
		Health health = health(EngineState.ACCEPTING, RUNNING.replace("\"instances\":2", "\"instances\":0"));
		assertUnhealthy(health, Status.OUT_OF_SERVICE, "A pipeline does not run");
		assertThat(health.getDetails()).containsEntry("restarts", 5L);
		assertUnhealthy(health(EngineState.ACCEPTING, RUNNING.replace("\"ready\":true", "\"ready\":false")),
				Status.OUT_OF_SERVICE, "A pipeline does not run");
	}

	@Test
	void usedUpBudgetIsADetailAndTheMemoryLimiterIsNot() {
		Health budget = health(EngineState.ACCEPTING, RUNNING.replace(":10,", ":900,"));
		assertThat(budget.getStatus()).isEqualTo(Status.UP);
		assertThat(budget.getDetails()).containsEntry("memoryPressure", true);
		Health limiter = health(EngineState.ACCEPTING,
				RUNNING.replace("\"memoryPressure\":false", "\"memoryPressure\":true"));
		assertUnhealthy(limiter, Status.OUT_OF_SERVICE, "The engine's memory limiter refuses all calls");
		assertThat(limiter.getDetails()).containsEntry("memoryPressure", true);
	}

	@Test
	void statusThatCannotBeReadIsDown() {
		given(this.engine.state()).willReturn(EngineState.ACCEPTING);
		given(this.engine.status()).willThrow(new IllegalStateException("gone"));
		assertThat(new TelemetryEngineHealthIndicator(this.engine).health().getStatus()).isEqualTo(Status.DOWN);
	}

	private Health health(EngineState state, String status) {
		given(this.engine.state()).willReturn(state);
		given(this.engine.status()).willReturn(status);
		return new TelemetryEngineHealthIndicator(this.engine).health();
	}

	private static void assertUnhealthy(Health health, Status status, String reason) {
		assertThat(health.getStatus()).isEqualTo(status);
		assertThat(health.getDetails()).containsEntry("reason", reason);
	}

}
