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
import java.util.Map;
import java.util.function.ToDoubleFunction;

import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.MetadataDrop;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.error.ErrorKind;
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

	private final EngineInspector engine;

	private final ContextStatistics contexts;

	private final CachedJson status;

	private final MeterRegistration meters = new MeterRegistration();

	/**
	 * Creates the meters.
	 * @param engine the engine
	 * @param contexts what happens to the contexts of requests
	 */
	public CallMetrics(EngineInspector engine, ContextStatistics contexts) {
		this.engine = engine;
		this.contexts = contexts;
		this.status = new CachedJson(engine::status, System::nanoTime);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.meters.register(registry, () -> bind(registry));
	}

	/**
	 * Removes the meters from their registries.
	 */
	@Override
	public void close() {
		this.meters.remove();
	}

	private void bind(MeterRegistry registry) {
		bindCalls(registry);
		bindContexts(registry);
		counter("ferrule.log.dropped",
				(metrics) -> metrics.counters().droppedLogLines() + metrics.status("droppedLogLines"))
			.description("Log lines of the engine that were dropped because they came too fast")
			.baseUnit("lines")
			.register(registry);
		gauge("ferrule.payload.used", (metrics) -> metrics.status("payloadBytes"))
			.description("Payload that calls in flight hold in native memory")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
		gauge("ferrule.payload.max", (metrics) -> metrics.status("maxPayloadBytes"))
			.description("Payload that calls in flight may hold; what is beyond is refused")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
		counter("ferrule.payload.submitted", (metrics) -> metrics.counters().submittedBytes())
			.description("Payload of submitted calls, refused ones included")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
		gauge("ferrule.batches.open", (metrics) -> metrics.status("openBatches"))
			.description("Merged batches that have no outcome yet")
			.baseUnit("batches")
			.register(registry);
		bindProblems(registry);
		for (String pipeline : pipelines()) {
			gauge("ferrule.pipeline.threads", (metrics) -> metrics.pipeline(pipeline, "instances"))
				.tag("pipeline", pipeline)
				.description("Threads of the pipeline that take calls now")
				.baseUnit(BaseUnits.THREADS)
				.register(registry);
			gauge("ferrule.lane.depth", (metrics) -> metrics.pipeline(pipeline, "queued")).tag("pipeline", pipeline)
				.description("Calls that wait in front of the pipeline")
				.baseUnit(CALLS)
				.register(registry);
			counter("ferrule.pipeline.starts", (metrics) -> metrics.pipeline(pipeline, "starts"))
				.tag("pipeline", pipeline)
				.description("Starts of the pipeline's threads, restarts included")
				.baseUnit("starts")
				.register(registry);
		}
	}

	private void bindCalls(MeterRegistry registry) {
		counter("ferrule.calls.submitted", (metrics) -> metrics.counters().submitted())
			.description("Calls submitted, refused ones included")
			.baseUnit(CALLS)
			.register(registry);
		FunctionCounter.Builder<CallMetrics> completed = counter("ferrule.calls",
				(metrics) -> metrics.counters().succeeded());
		completed.tags(Tags.of("outcome", "SUCCESS", "kind", KeyValue.NONE_VALUE))
			.description("Calls that have their outcome")
			.baseUnit(CALLS)
			.register(registry);
		for (ErrorKind kind : ErrorKind.values()) {
			counter("ferrule.calls", (metrics) -> metrics.counters().failed().getOrDefault(kind, 0L))
				.tags(Tags.of("outcome", kind.isPermanent() ? "REFUSED" : "FAILURE", "kind", kind.name()))
				.description("Calls that have their outcome")
				.baseUnit(CALLS)
				.register(registry);
		}
		gauge("ferrule.calls.in.flight", (metrics) -> metrics.counters().inFlight())
			.description("Calls that have no outcome yet")
			.baseUnit(CALLS)
			.register(registry);
		gauge("ferrule.calls.max", (metrics) -> metrics.status("maxInFlight"))
			.description("Calls that may be in flight; what is beyond is refused")
			.baseUnit(CALLS)
			.register(registry);
		counter("ferrule.calls.late", (metrics) -> metrics.counters().lateCompletions() + metrics.status("late"))
			.description("Answers that came after the outcome of their call")
			.baseUnit("answers")
			.register(registry);
		counter("ferrule.calls.last.net", (metrics) -> metrics.counters().lastNetFired())
			.description("Calls that the engine failed to end at their deadline; anything but 0 is a bug")
			.baseUnit(CALLS)
			.register(registry);
		counter("ferrule.calls.lingering", (metrics) -> metrics.status("lingering"))
			.description("Calls whose data was held for half a second after their outcome")
			.baseUnit(CALLS)
			.register(registry);
	}

	private void bindProblems(MeterRegistry registry) {
		problem(registry, "failure.incomplete", (metrics) -> metrics.counters().degradedErrors());
		problem(registry, "record.malformed", (metrics) -> metrics.counters().malformedRecords());
		problem(registry, "poll.failed", (metrics) -> metrics.counters().pollErrors());
		problem(registry, "executor.rejected", (metrics) -> metrics.counters().executorRejections());
		problem(registry, "listener.failed", (metrics) -> metrics.counters().listenerErrors());
		problem(registry, "answer.incomplete", (metrics) -> metrics.status("droppedDetails"));
	}

	private void problem(MeterRegistry registry, String problem, ToDoubleFunction<CallMetrics> count) {
		counter("ferrule.problems", count).tag("problem", problem)
			.description("What went wrong on the way of outcomes, each of which arrived all the same")
			.baseUnit("problems")
			.register(registry);
	}

	private void bindContexts(MeterRegistry registry) {
		counter("ferrule.contexts.degraded",
				(metrics) -> metrics.contexts.degradedAttributes() + metrics.status("degraded"))
			.description("Contexts whose attributes could not be written or read whole")
			.baseUnit("contexts")
			.register(registry);
		context(registry, "deadline.invalid", (metrics) -> metrics.contexts.invalidDeadlines());
		context(registry, "deadline.clamped", (metrics) -> metrics.contexts.clampedDeadlines());
		context(registry, "traceparent.invalid", (metrics) -> metrics.contexts.invalidTraceparents());
		context(registry, "tracestate.invalid", (metrics) -> metrics.contexts.invalidTracestates());
		for (MetadataDrop reason : MetadataDrop.values()) {
			context(registry, "metadata." + reason.name().toLowerCase(Locale.ROOT).replace('_', '.'),
					(metrics) -> metrics.contexts.droppedMetadata(reason));
		}
		context(registry, "header.uncarried", (metrics) -> metrics.status("droppedHeaders"));
	}

	private void context(MeterRegistry registry, String problem, ToDoubleFunction<CallMetrics> count) {
		counter("ferrule.contexts.problems", count).tag("problem", problem)
			.description("What was wrong with headers of requests and was repaired or left out")
			.baseUnit("problems")
			.register(registry);
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

	private double status(String key) {
		return CachedJson.number(this.status.get(), key);
	}

	private double pipeline(String name, String key) {
		for (Map<?, ?> pipeline : pipelineStatus()) {
			if (name.equals(pipeline.get("name"))) {
				return CachedJson.number(pipeline, key);
			}
		}
		return Double.NaN;
	}

	private List<String> pipelines() {
		return pipelineStatus().stream().map((pipeline) -> String.valueOf(pipeline.get("name"))).toList();
	}

	private List<? extends Map<?, ?>> pipelineStatus() {
		return CachedJson.objects(this.status.get(), "pipelines");
	}

}
