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

package dev.ferrule.engine.ffi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.CallPhase;
import dev.ferrule.engine.EngineState;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a running engine without disturbing it. Thread-safe.
 */
public final class EngineInsight {

	// By difference, as ids may pass the largest number
	private static final Comparator<EngineCall> NEWEST_FIRST = (one, other) -> Long.signum(other.id() - one.id());

	private final EngineHandle handle;

	private final PendingCalls calls;

	private final PipelineTable pipelines;

	private final Admission admission;

	private final LongSupplier ticker;

	EngineInsight(EngineHandle handle, PendingCalls calls, PipelineTable pipelines, Admission admission,
			LongSupplier ticker) {
		this.handle = handle;
		this.calls = calls;
		this.pipelines = pipelines;
		this.admission = admission;
		this.ticker = ticker;
	}

	/**
	 * Returns whether the engine takes calls.
	 * @return the state
	 */
	public EngineState state() {
		RefusalReason refusal = this.admission.refusal();
		if (refusal == null) {
			return EngineState.ACCEPTING;
		}
		return (refusal == RefusalReason.ENDED) ? EngineState.ENDED : EngineState.STOPPING;
	}

	/**
	 * Returns the version of the native interface that both sides speak.
	 * @return the version
	 */
	public int abiVersion() {
		return FrameLayout.ABI_VERSION;
	}

	/**
	 * Returns the calls that wait longest for their outcome. Calls that end or enter
	 * meanwhile may be in it or not.
	 * @param limit calls to return at most, 1 or more
	 * @return calls, the oldest first
	 */
	public List<CallInFlight> oldestCalls(int limit) {
		PriorityQueue<EngineCall> oldest = new PriorityQueue<>(NEWEST_FIRST);
		this.calls.forEach((call) -> {
			oldest.add(call);
			if (oldest.size() > limit) {
				oldest.remove();
			}
		});
		return describe(oldest.stream().sorted(NEWEST_FIRST.reversed()).toList());
	}

	/**
	 * Returns a call.
	 * @param id number of the call
	 * @return the call, or {@code null} if it is not in flight
	 */
	public @Nullable CallInFlight call(long id) {
		EngineCall call = this.calls.find(id);
		return (call != null) ? describe(List.of(call)).get(0) : null;
	}

	private List<CallInFlight> describe(List<EngineCall> calls) {
		List<@Nullable CallPhase> phases = CallPhases.read(this.handle, calls);
		List<CallInFlight> described = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			described.add(describe(calls.get(i), phases.get(i)));
		}
		return described;
	}

	private CallInFlight describe(EngineCall call, @Nullable CallPhase phase) {
		long now = this.ticker.getAsLong();
		TraceContext trace = call.context().trace();
		return new CallInFlight(call.id(), call.signal(), this.pipelines.names().get(call.pipeline()), phase,
				call.payloadBytes(), Duration.ofNanos(now - this.calls.enteredNanos(call)),
				Duration.ofNanos(call.deadlineNanos() - now), call.context().cancellation().isCancelled(),
				(trace != null) ? trace.traceIdHex() : null);
	}

}
