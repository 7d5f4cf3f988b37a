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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decorator of an engine that observes each submission, from submit to its outcome. The
 * span of the observation becomes the trace context of the submission, and so the parent
 * of what goes downstream. Continuations of the returned futures find the thread-locals
 * of whoever submitted, unless they run on an executor of their own. Where nothing
 * observes at all, this does nothing.
 *
 * <p>
 * The observation is a child of the current one; if nothing is observed in the thread,
 * its span is a child of the trace context of the submission. Where observation is
 * switched off by name, that trace context goes downstream as it is.
 */
public final class ObservedTelemetryEngine implements TelemetryEngine {

	private static final Logger logger = LoggerFactory.getLogger(ObservedTelemetryEngine.class);

	private static final SubmitObservationConvention DEFAULT_CONVENTION = new DefaultSubmitObservationConvention();

	private final TelemetryEngine engine;

	private final Function<Signal, @Nullable String> pipelines;

	private final Observing observing;

	/**
	 * Creates a decorator.
	 * @param engine engine that does the work
	 * @param pipelines names the pipeline that takes a signal, {@code null} if unknown
	 * @param observing how to observe
	 */
	public ObservedTelemetryEngine(TelemetryEngine engine, Function<Signal, @Nullable String> pipelines,
			Observing observing) {
		this.engine = engine;
		this.pipelines = pipelines;
		this.observing = observing;
	}

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		if (this.observing.registry().isNoop()) {
			return this.engine.submit(payload, context);
		}
		Executor threadContext = ThreadLocalSnapshot.capture();
		SubmitObservationContext observed = new SubmitObservationContext(payload.signal(),
				this.pipelines.apply(payload.signal()), payload.size());
		Observation observation = Observation.createNotStarted(this.observing.convention(), DEFAULT_CONVENTION,
				() -> observed, this.observing.registry());
		if (observation.isNoop()) {
			return new ObservedCall(this.engine.submit(payload, context), observation, null, threadContext).follow();
		}
		Observation.Scope current = this.observing.registry().getCurrentObservationScope();
		Observation.Scope scope = open(observation, context, current);
		if (scope == null) {
			return new ObservedCall(this.engine.submit(payload, context), Observation.NOOP, null, threadContext)
				.follow();
		}
		CompletableFuture<ExportResult> call;
		try {
			call = this.engine.submit(payload, inSpan(context));
		}
		catch (RuntimeException | Error ex) {
			close(scope, current);
			stop(observation, ex);
			throw ex;
		}
		close(scope, current);
		return new ObservedCall(call, observation, observed, threadContext).follow();
	}

	// The handlers belong to the application and must not cost the call
	private Observation.@Nullable Scope open(Observation observation, CallContext context,
			Observation.@Nullable Scope current) {
		try {
			start(observation, context);
			return observation.openScope();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Observation of a submission could not be started, it is not observed", ex);
			Observation.Scope opened = this.observing.registry().getCurrentObservationScope();
			if (opened != null && opened != current) {
				close(opened, current);
			}
			stop(observation, ex);
			return null;
		}
	}

	private static void stop(Observation observation, Throwable error) {
		try {
			observation.error(error);
			observation.stop();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Observation of a submission could not be stopped", ex);
		}
	}

	private void close(Observation.Scope scope, Observation.@Nullable Scope current) {
		try {
			scope.close();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Observation of a submission failed", ex);
			// Micrometer leaves the scope current if a handler fails
			this.observing.registry().setCurrentObservationScope(current);
		}
	}

	private void start(Observation observation, CallContext context) {
		CurrentSpan span = this.observing.span();
		if (span != null) {
			span.runUnder(context.trace(), observation::start);
		}
		else {
			observation.start();
		}
	}

	private CallContext inSpan(CallContext context) {
		CurrentSpan span = this.observing.span();
		TraceContext trace = (span != null) ? span.traceContext() : null;
		return (trace != null) ? context.withTrace(withState(trace, context.trace())) : context;
	}

	// Micrometer has no trace state, so a span that was made a child by way of it has
	// none.
	private static TraceContext withState(TraceContext trace, @Nullable TraceContext parent) {
		if (parent == null || !trace.traceState().isEmpty() || trace.traceIdLow() != parent.traceIdLow()
				|| trace.traceIdHigh() != parent.traceIdHigh()) {
			return trace;
		}
		return new TraceContext(trace.traceIdHigh(), trace.traceIdLow(), trace.spanId(), trace.flags(),
				parent.traceState(), trace.remote());
	}

	@Override
	public PayloadBuffer reserve(int size) {
		return this.engine.reserve(size);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return new ObservedTelemetryEngine(this.engine.pipeline(name), (signal) -> name, this.observing);
	}

	/**
	 * How to observe.
	 *
	 * @param registry registry of the application
	 * @param convention convention of the application, or {@code null} for the default
	 * @param span where the current span is found, or {@code null} if there is no tracer
	 */
	public record Observing(ObservationRegistry registry, @Nullable SubmitObservationConvention convention,
			@Nullable CurrentSpan span) {
	}

}
