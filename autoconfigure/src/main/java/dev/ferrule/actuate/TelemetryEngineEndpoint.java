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
import java.util.List;
import java.util.Map;

import dev.ferrule.actuate.RecentFailures.RecentFailure;
import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.CallPhase;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.EngineStatus;
import dev.ferrule.engine.PipelineGraph;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Actuator endpoint that shows the engine at work: pipelines, counters, calls in flight
 * and recent failures. Headers, payloads and the nodes' configurations are not in it.
 * Changes nothing.
 */
@Endpoint(id = "ferrule")
public final class TelemetryEngineEndpoint {

	private static final int MAX_CALLS = 100;

	private final EngineInspector engine;

	private final RecentFailures failures;

	/**
	 * Creates the endpoint.
	 * @param engine the engine
	 * @param failures recent failures of the engine
	 */
	public TelemetryEngineEndpoint(EngineInspector engine, RecentFailures failures) {
		this.engine = engine;
		this.failures = failures;
	}

	/**
	 * Describes the engine.
	 * @return the description
	 */
	@ReadOperation
	public EngineDescription engine() {
		EngineStatus status = status();
		List<PipelineDescription> pipelines = this.engine.pipelines()
			.stream()
			.map((graph) -> PipelineDescription.of(graph, status))
			.toList();
		List<CallDescription> calls = this.engine.oldestCalls(MAX_CALLS).stream().map(CallDescription::of).toList();
		String failure = (status != null) ? status.failure() : null;
		return new EngineDescription(this.engine.name(), (status != null) ? status.version() : null,
				this.engine.abiVersion(), this.engine.cores(),
				(failure != null) ? EngineState.ENDED : this.engine.state(), failure, pipelines,
				counters(this.engine.counters()), calls, this.failures.byKind());
	}

	/**
	 * Describes a call in flight.
	 * @param callId number of the call
	 * @return the call, or {@code null} if it is not in flight
	 */
	@ReadOperation
	public @Nullable CallDescription call(@Selector long callId) {
		CallInFlight call = this.engine.call(callId);
		return (call != null) ? CallDescription.of(call) : null;
	}

	private static Map<String, Object> counters(EngineCounters counters) {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("submitted", counters.submitted());
		values.put("submittedBytes", counters.submittedBytes());
		values.put("succeeded", counters.succeeded());
		values.put("failed", counters.failed());
		values.put("inFlight", counters.inFlight());
		values.put("waitingOutcomes", counters.waitingOutcomes());
		values.put("late", counters.lateCompletions());
		values.put("lastNet", counters.lastNetFired());
		values.put("malformedRecords", counters.malformedRecords());
		values.put("pollErrors", counters.pollErrors());
		values.put("executorRejections", counters.executorRejections());
		values.put("droppedLogLines", counters.droppedLogLines());
		values.put("degradedErrors", counters.degradedErrors());
		values.put("listenerErrors", counters.listenerErrors());
		return values;
	}

	private @Nullable EngineStatus status() {
		try {
			return EngineStatus.parse(this.engine.status());
		}
		catch (RuntimeException ex) {
			// The rest is worth showing when the engine has ended, too
			return null;
		}
	}

	/**
	 * An engine.
	 *
	 * @param name name that it was started with
	 * @param version version of the native library, or {@code null} if it is not running
	 * @param abi version of the native interface
	 * @param cores threads that each pipeline was asked to run
	 * @param state whether it takes calls
	 * @param failure why the engine ended by itself, or {@code null} if it did not
	 * @param pipelines configured pipelines
	 * @param counters what was counted since the start
	 * @param calls calls in flight, the oldest first, at most 100
	 * @param failures recent failures by kind, the newest first
	 */
	public record EngineDescription(String name, @Nullable String version, int abi, int cores, EngineState state,
			@Nullable String failure, List<PipelineDescription> pipelines, Map<String, Object> counters,
			List<CallDescription> calls, Map<ErrorKind, List<RecentFailure>> failures) {
	}

	/**
	 * A pipeline.
	 *
	 * @param group name of its group
	 * @param name name in the group
	 * @param threads threads that take calls, or {@code null} if it takes none
	 * @param restarts restarts of its threads, or {@code null} if it takes no calls
	 * @param queued calls in front of it, or {@code null} if it takes none
	 * @param nodes nodes
	 * @param connections connections between them
	 */
	public record PipelineDescription(String group, String name, @Nullable Long threads, @Nullable Long restarts,
			@Nullable Long queued, List<PipelineGraph.Node> nodes, List<PipelineGraph.Connection> connections) {

		private static PipelineDescription of(PipelineGraph graph, @Nullable EngineStatus status) {
			EngineStatus.Pipeline pipeline = (status != null && graph.takesCalls())
					? status.pipeline(graph.group(), graph.name()) : null;
			return new PipelineDescription(graph.group(), graph.name(), (pipeline != null) ? pipeline.threads() : null,
					(pipeline != null) ? pipeline.restarts() : null, (pipeline != null) ? pipeline.queued() : null,
					graph.nodes(), graph.connections());
		}

	}

	/**
	 * A call in flight.
	 *
	 * @param id number of the call
	 * @param signal what the payload holds
	 * @param pipeline name of the pipeline
	 * @param phase how far it has come, or {@code null} if the engine is just taking it
	 * in or has just ended it
	 * @param payloadBytes size of the payload as submitted, in bytes
	 * @param ageMillis time since it was submitted, in milliseconds
	 * @param remainingMillis time to its deadline, in milliseconds; negative after it
	 * @param cancelled whether its context was cancelled
	 * @param traceId trace id in hexadecimal digits, or {@code null} if it has none
	 */
	public record CallDescription(long id, Signal signal, String pipeline, @Nullable CallPhase phase, int payloadBytes,
			long ageMillis, long remainingMillis, boolean cancelled, @Nullable String traceId) {

		private static CallDescription of(CallInFlight call) {
			return new CallDescription(call.id(), call.signal(), call.pipeline(), call.phase(), call.payloadBytes(),
					call.age().toMillis(), call.remaining().toMillis(), call.cancelled(), call.traceId());
		}

	}

}
