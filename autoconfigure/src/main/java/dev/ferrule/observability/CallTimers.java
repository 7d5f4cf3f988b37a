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

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.EndedCall.Times;
import dev.ferrule.engine.TelemetryCallListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.noop.NoopTimer;

/**
 * Call listener with timers of the stages of calls, and of cancelling them. Calls that
 * the engine refused at once are left out, for they went through none.
 */
public final class CallTimers implements TelemetryCallListener {

	private final Map<String, Stages> pipelines = new HashMap<>();

	/**
	 * Creates the timers.
	 * @param registry where
	 * @param pipelines names of the pipelines
	 */
	public CallTimers(MeterRegistry registry, Collection<String> pipelines) {
		for (String pipeline : pipelines) {
			this.pipelines.put(pipeline,
					new Stages(timer(registry, pipeline, "queue"), timer(registry, pipeline, "pipeline"),
							timer(registry, pipeline, "export"), cancelTimer(registry, pipeline)));
		}
	}

	@Override
	public void onEnd(EndedCall call) {
		Stages stages = this.pipelines.get(call.pipeline());
		if (stages != null && !call.times().equals(Times.ZERO)) {
			stages.record(call.times());
		}
		if (stages != null && call.cancelTime() != null) {
			stages.cancel().record(call.cancelTime());
		}
	}

	@Override
	public boolean isFailuresOnly() {
		// Spares the engine the work if a filter denies the timers
		return this.pipelines.values().stream().allMatch((stages) -> stages.queue() instanceof NoopTimer);
	}

	private static Timer timer(MeterRegistry registry, String pipeline, String stage) {
		return Timer.builder("ferrule.calls.time")
			.tags("pipeline", pipeline, "stage", stage)
			.description("Time that calls spent in a stage")
			.register(registry);
	}

	private static Timer cancelTimer(MeterRegistry registry, String pipeline) {
		return Timer.builder("ferrule.calls.cancel.time")
			.tags("pipeline", pipeline)
			.description("Time from the cancellation of a call to its outcome")
			.register(registry);
	}

	private record Stages(Timer queue, Timer pipeline, Timer export, Timer cancel) {

		private void record(Times times) {
			this.queue.record(times.queued());
			this.pipeline.record(times.processing());
			this.export.record(times.exporting());
		}

	}

}
