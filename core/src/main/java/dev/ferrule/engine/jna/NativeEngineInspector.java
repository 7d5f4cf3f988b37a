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

package dev.ferrule.engine.jna;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.CallPhase;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.PipelineGraph;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.call.CallGate;
import dev.ferrule.engine.jna.call.CallPhaseReader;
import dev.ferrule.engine.jna.call.CallStatistics;
import dev.ferrule.engine.jna.call.CallTable;
import dev.ferrule.engine.jna.call.EngineCall;
import dev.ferrule.engine.jna.call.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * Inspector of an engine in this process.
 */
final class NativeEngineInspector implements EngineInspector {

	// By difference, as ids may pass the largest number
	private static final Comparator<EngineCall> NEWEST_FIRST = (one, other) -> Long.signum(other.id() - one.id());

	private final EngineHandle handle;

	private final CallTable calls;

	private final PipelineIndex pipelines;

	private final CallGate admission;

	private final CallStatistics statistics;

	private final StartConfiguration configuration;

	private final LongSupplier ticker;

	NativeEngineInspector(EngineHandle handle, CallTable calls, PipelineIndex pipelines, CallGate admission,
			CallStatistics statistics, StartConfiguration configuration, LongSupplier ticker) {
		this.handle = handle;
		this.calls = calls;
		this.pipelines = pipelines;
		this.admission = admission;
		this.statistics = statistics;
		this.configuration = configuration;
		this.ticker = ticker;
	}

	@Override
	public String name() {
		return this.configuration.name();
	}

	@Override
	public int cores() {
		return this.configuration.cores();
	}

	@Override
	public EngineCounters counters() {
		return this.statistics.counters(this.calls.size(), this.calls.waiting());
	}

	@Override
	public List<PipelineGraph> pipelines() {
		return this.configuration.pipelines();
	}

	@Override
	public String status() {
		return EngineTextReader.status(this.handle);
	}

	@Override
	public String metrics() {
		return EngineTextReader.metrics(this.handle);
	}

	@Override
	public EngineState state() {
		RefusalReason refusal = this.admission.refusal();
		if (refusal == null) {
			return EngineState.ACCEPTING;
		}
		return (refusal == RefusalReason.ENDED) ? EngineState.ENDED : EngineState.STOPPING;
	}

	@Override
	public int abiVersion() {
		return FrameLayout.ABI_VERSION;
	}

	@Override
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

	@Override
	public @Nullable CallInFlight call(long id) {
		EngineCall call = this.calls.find(id);
		return (call != null) ? describe(List.of(call)).get(0) : null;
	}

	private List<CallInFlight> describe(List<EngineCall> calls) {
		List<@Nullable CallPhase> phases = CallPhaseReader.read(this.handle, calls);
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
