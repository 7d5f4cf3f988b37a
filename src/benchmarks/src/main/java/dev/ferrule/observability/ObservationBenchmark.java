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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the observation of a submission adds to it. The engine behind answers at once, so
 * that nothing else is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ObservationBenchmark {

	/** What observes. */
	@Param
	public @Nullable Observer observer;

	private final TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, new byte[0]);

	private @Nullable TelemetryEngine engine;

	/**
	 * Makes the engine.
	 */
	@Setup
	public void start() {
		TelemetryEngine engine = new ImmediateEngine();
		this.engine = (this.observer == null || this.observer == Observer.NOT_DECORATED) ? engine
				: new ObservedTelemetryEngine(engine, (signal) -> "main", observing(this.observer));
	}

	/**
	 * Submits.
	 * @return the outcome
	 */
	@Benchmark
	public @Nullable Object submit() {
		return (this.engine != null) ? this.engine.submit(this.payload, CallContext.background()).join() : null;
	}

	private static ObservedTelemetryEngine.Observing observing(Observer observer) {
		ObservationRegistry registry = ObservationRegistry.create();
		CurrentSpan span = null;
		if (observer != Observer.NONE) {
			registry.observationConfig()
				.observationHandler(new DefaultMeterObservationHandler(new SimpleMeterRegistry()));
		}
		if (observer == Observer.OFF_BY_NAME) {
			registry.observationConfig().observationPredicate((name, context) -> !name.startsWith("ferrule"));
		}
		if (observer == Observer.METERS_AND_SPANS) {
			OtelTracer tracer = new OtelTracer(SdkTracerProvider.builder().build().get("benchmark"),
					new OtelCurrentTraceContext(), (event) -> {
					});
			registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
			span = new CurrentSpan(tracer);
		}
		return new ObservedTelemetryEngine.Observing(registry, null, span);
	}

	/**
	 * What observes.
	 */
	public enum Observer {

		/** Nothing, as in an application without {@link ObservationRegistry}. */
		NOT_DECORATED,

		/** A registry that nobody listens to. */
		NONE,

		/** {@code management.observations.enable.ferrule=false}. */
		OFF_BY_NAME,

		/** A timer of each observation. */
		METERS,

		/** A timer and a span, which is recorded and not exported. */
		METERS_AND_SPANS

	}

	private static final class ImmediateEngine implements TelemetryEngine {

		private final CompletableFuture<ExportResult> outcome = CompletableFuture
			.completedFuture(new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1));

		@Override
		public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
			return this.outcome;
		}

		@Override
		public PayloadBuffer reserve(int size) {
			throw new UnsupportedOperationException();
		}

		@Override
		public TelemetryEngine pipeline(String name) {
			return this;
		}

	}

}
