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

import java.util.LinkedHashMap;
import java.util.Map;

import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.EngineStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health indicator: whether the engine takes calls. {@code DOWN} if it delivers nothing
 * any more, which only a restart of the application helps; {@code OUT_OF_SERVICE} while
 * it takes no calls: a pipeline does not run, because it restarts or the engine gave it
 * up, the context stops or is paused, or the engine's memory limiter refuses everything.
 * A used up byte budget is a detail: it is a matter of moments, and calls are refused
 * with a delay. What is behind the engine does not count, as no restart of this
 * application would help.
 */
public final class TelemetryEngineHealthIndicator extends AbstractHealthIndicator {

	// Payload in use from which on memory is called short, in percent of the maximum
	private static final int PRESSURE_PERCENT = 90;

	private final EngineInspector engine;

	/**
	 * Creates the indicator.
	 * @param engine the engine
	 */
	public TelemetryEngineHealthIndicator(EngineInspector engine) {
		super("The status of the engine cannot be read");
		this.engine = engine;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		EngineState state = this.engine.state();
		if (state == EngineState.STOPPING) {
			// It may be gone already
			builder.outOfService().withDetail("reason", "The engine was told to take no calls");
			return;
		}
		EngineStatus status = EngineStatus.parse(this.engine.status());
		String reason = reason(status);
		if (state == EngineState.ENDED || status.failure() != null) {
			builder.down()
				.withDetail("reason",
						"The engine ended by itself and takes no calls until the application is restarted");
			if (status.failure() != null) {
				builder.withDetail("failure", status.failure());
			}
		}
		else if (reason != null) {
			builder.outOfService().withDetail("reason", reason);
		}
		else {
			builder.up();
		}
		describe(builder, status);
	}

	private static @Nullable String reason(EngineStatus status) {
		if (status.stopping()) {
			return "The engine stops";
		}
		if (status.lacksPipeline()) {
			return "A pipeline does not run";
		}
		return status.memoryPressure() ? "The engine's memory limiter refuses all calls" : null;
	}

	private static void describe(Health.Builder builder, EngineStatus status) {
		builder.withDetail("version", status.version());
		builder.withDetail("memoryPressure", isPressed(status));
		builder.withDetail("payloadBytes", status.payloadBytes());
		builder.withDetail("maxPayloadBytes", status.maxPayloadBytes());
		builder.withDetail("restarts", status.pipelines().stream().mapToLong(EngineStatus.Pipeline::restarts).sum());
		Map<String, Object> pipelines = new LinkedHashMap<>();
		for (EngineStatus.Pipeline pipeline : status.pipelines()) {
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("threads", pipeline.threads());
			details.put("restarts", pipeline.restarts());
			details.put("queued", pipeline.queued());
			pipelines.put(pipeline.name(), details);
		}
		builder.withDetail("pipelines", pipelines);
	}

	private static boolean isPressed(EngineStatus status) {
		return status.memoryPressure() || (status.maxPayloadBytes() > 0
				&& status.payloadBytes() >= status.maxPayloadBytes() / 100 * PRESSURE_PERCENT);
	}

}
