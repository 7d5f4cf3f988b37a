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

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.MetadataDrop;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineStatus;
import dev.ferrule.engine.EngineStatus.Pipeline;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.observability.MeterRegistration.Registrar;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meter binder for calls: how many, how they ended, and what they hold. Reading them
 * costs nothing on the way of a call.
 */
public final class CallMetrics implements MeterBinder, AutoCloseable {

	private static final String CALLS = "calls";

	private static final Problems OF_OUTCOMES = new Problems("ferrule.problems",
			"What went wrong on the way of outcomes, each of which arrived all the same");

	private static final Problems OF_HEADERS = new Problems("ferrule.contexts.problems",
			"What was wrong with headers of requests and was repaired or left out");

	private final EngineInspector engine;

	private final ContextStatistics contexts;

	private final CachedReading<EngineStatus> status;

	private final MeterRegistration meters = new MeterRegistration();

	/**
	 * Creates the meters.
	 * @param engine the engine
	 * @param contexts what happens to the contexts of requests
	 */
	public CallMetrics(EngineInspector engine, ContextStatistics contexts) {
		this.engine = engine;
		this.contexts = contexts;
		this.status = new CachedReading<>(() -> EngineStatus.parse(engine.status()), System::nanoTime);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		bind(this.meters.in(registry));
	}

	/**
	 * Removes the meters from their registries.
	 */
	@Override
	public void close() {
		this.meters.remove();
	}

	private void bind(Registrar meters) {
		bindCalls(meters);
		bindContexts(meters);
		meters.add(counter("ferrule.log.dropped",
				(metrics) -> metrics.counters().droppedLogLines() + metrics.status(EngineStatus::droppedLogLines))
			.description("Log lines of the engine that were dropped because they came too fast")
			.baseUnit("lines")::register);
		meters.add(gauge("ferrule.payload.used", (metrics) -> metrics.status(EngineStatus::payloadBytes))
			.description("Payload that calls in flight hold in native memory")
			.baseUnit(BaseUnits.BYTES)::register);
		meters.add(gauge("ferrule.payload.max", (metrics) -> metrics.status(EngineStatus::maxPayloadBytes))
			.description("Payload that calls in flight may hold; what is beyond is refused")
			.baseUnit(BaseUnits.BYTES)::register);
		meters.add(counter("ferrule.payload.submitted", (metrics) -> metrics.counters().submittedBytes())
			.description("Payload of submitted calls, refused ones included")
			.baseUnit(BaseUnits.BYTES)::register);
		meters.add(gauge("ferrule.batches.open", (metrics) -> metrics.status(EngineStatus::openBatches))
			.description("Merged batches that have no outcome yet")
			.baseUnit("batches")::register);
		bindProblems(meters);
		for (String pipeline : pipelines()) {
			meters.add(gauge("ferrule.pipeline.threads", (metrics) -> metrics.pipeline(pipeline, Pipeline::threads))
				.tag("pipeline", pipeline)
				.description("Threads of the pipeline that take calls now")
				.baseUnit(BaseUnits.THREADS)::register);
			meters.add(gauge("ferrule.lane.depth", (metrics) -> metrics.pipeline(pipeline, Pipeline::queued))
				.tag("pipeline", pipeline)
				.description("Calls that wait in front of the pipeline")
				.baseUnit(CALLS)::register);
			meters.add(counter("ferrule.pipeline.starts", (metrics) -> metrics.pipeline(pipeline, Pipeline::starts))
				.tag("pipeline", pipeline)
				.description("Starts of the pipeline's threads, restarts included")
				.baseUnit("starts")::register);
		}
	}

	private void bindCalls(Registrar meters) {
		meters.add(counter("ferrule.calls.submitted", (metrics) -> metrics.counters().submitted())
			.description("Calls submitted, refused ones included")
			.baseUnit(CALLS)::register);
		meters.add(counter("ferrule.calls", (metrics) -> metrics.counters().succeeded())
			.tags(Tags.of("outcome", "SUCCESS", "kind", KeyValue.NONE_VALUE))
			.description("Calls that have their outcome")
			.baseUnit(CALLS)::register);
		for (ErrorKind kind : ErrorKind.values()) {
			meters.add(counter("ferrule.calls", (metrics) -> metrics.counters().failed().getOrDefault(kind, 0L))
				.tags(Tags.of("outcome", kind.isPermanent() ? "REFUSED" : "FAILURE", "kind", kind.name()))
				.description("Calls that have their outcome")
				.baseUnit(CALLS)::register);
		}
		meters.add(gauge("ferrule.calls.in.flight", (metrics) -> metrics.counters().inFlight())
			.description("Calls that have no outcome yet")
			.baseUnit(CALLS)::register);
		meters.add(gauge("ferrule.outcomes.waiting", (metrics) -> metrics.counters().waitingOutcomes())
			.description("Outcomes that wait for the executor or run on it")
			.baseUnit("outcomes")::register);
		meters.add(gauge("ferrule.calls.max", (metrics) -> metrics.status(EngineStatus::maxInFlight))
			.description("Calls that may be in flight; what is beyond is refused")
			.baseUnit(CALLS)::register);
		meters.add(counter("ferrule.calls.late",
				(metrics) -> metrics.counters().lateCompletions() + metrics.status(EngineStatus::late))
			.description("Answers that came after the outcome of their call")
			.baseUnit("answers")::register);
		meters.add(counter("ferrule.calls.last.net", (metrics) -> metrics.counters().lastNetFired())
			.description("Calls that the engine failed to end at their deadline; anything but 0 is a bug")
			.baseUnit(CALLS)::register);
		meters.add(counter("ferrule.calls.lingering", (metrics) -> metrics.status(EngineStatus::lingering))
			.description("Calls whose data was held for half a second after their outcome")
			.baseUnit(CALLS)::register);
	}

	private void bindProblems(Registrar meters) {
		problem(meters, OF_OUTCOMES, "failure.incomplete", (metrics) -> metrics.counters().degradedErrors());
		problem(meters, OF_OUTCOMES, "record.malformed", (metrics) -> metrics.counters().malformedRecords());
		problem(meters, OF_OUTCOMES, "poll.failed", (metrics) -> metrics.counters().pollErrors());
		problem(meters, OF_OUTCOMES, "executor.rejected", (metrics) -> metrics.counters().executorRejections());
		problem(meters, OF_OUTCOMES, "listener.failed", (metrics) -> metrics.counters().listenerErrors());
		problem(meters, OF_OUTCOMES, "answer.incomplete", (metrics) -> metrics.status(EngineStatus::droppedDetails));
	}

	private void bindContexts(Registrar meters) {
		meters.add(counter("ferrule.contexts.degraded",
				(metrics) -> metrics.contexts.degradedAttributes() + metrics.status(EngineStatus::degraded))
			.description("Contexts whose attributes could not be written or read whole")
			.baseUnit("contexts")::register);
		problem(meters, OF_HEADERS, "deadline.invalid", (metrics) -> metrics.contexts.invalidDeadlines());
		problem(meters, OF_HEADERS, "deadline.clamped", (metrics) -> metrics.contexts.clampedDeadlines());
		problem(meters, OF_HEADERS, "traceparent.invalid", (metrics) -> metrics.contexts.invalidTraceparents());
		problem(meters, OF_HEADERS, "tracestate.invalid", (metrics) -> metrics.contexts.invalidTracestates());
		for (MetadataDrop reason : MetadataDrop.values()) {
			problem(meters, OF_HEADERS, "metadata." + reason.name().toLowerCase(Locale.ROOT).replace('_', '.'),
					(metrics) -> metrics.contexts.droppedMetadata(reason));
		}
		problem(meters, OF_HEADERS, "header.uncarried", (metrics) -> metrics.status(EngineStatus::droppedHeaders));
	}

	private void problem(Registrar meters, Problems kind, String problem, ToDoubleFunction<CallMetrics> count) {
		meters.add(counter(kind.meter(), count).tag("problem", problem)
			.description(kind.description())
			.baseUnit("problems")::register);
	}

	private FunctionCounter.Builder<CallMetrics> counter(String name, ToDoubleFunction<CallMetrics> count) {
		return FunctionCounter.builder(name, this, count);
	}

	private Gauge.Builder<CallMetrics> gauge(String name, ToDoubleFunction<CallMetrics> value) {
		return Gauge.builder(name, this, value);
	}

	private EngineCounters counters() {
		return this.engine.counters();
	}

	private double status(ToDoubleFunction<EngineStatus> value) {
		EngineStatus status = this.status.get();
		return (status != null) ? value.applyAsDouble(status) : Double.NaN;
	}

	private double pipeline(String name, ToDoubleFunction<Pipeline> value) {
		EngineStatus status = this.status.get();
		Pipeline pipeline = (status != null) ? status.find(name).orElse(null) : null;
		return (pipeline != null) ? value.applyAsDouble(pipeline) : Double.NaN;
	}

	private List<String> pipelines() {
		EngineStatus status = this.status.get();
		return (status != null) ? status.pipelines().stream().map(Pipeline::name).toList() : List.of();
	}

	private record Problems(String meter, String description) {

	}

}
