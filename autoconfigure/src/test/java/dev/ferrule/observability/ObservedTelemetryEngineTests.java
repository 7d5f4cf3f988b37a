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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ObservedTelemetryEngine}.
 */
class ObservedTelemetryEngineTests {

	private static final TelemetryPayload PAYLOAD = TelemetryPayload.of(Signal.LOGS, new byte[7]);

	private static final ExportResult RESULT = new ExportResult(2, null, Duration.ZERO, Duration.ZERO, Duration.ZERO,
			3);

	private final Observations observations = new Observations();

	private final Engine inner = new Engine();

	private final TelemetryEngine engine = observed(this.observations.registry());

	@AfterEach
	void closeObservations() {
		this.observations.close();
	}

	@Test
	void spanOfTheSubmissionIsTheParentOfWhatGoesDownstream() {
		Observation request = Observation.start("request", this.observations.registry());
		request.scoped(() -> this.engine.submit(PAYLOAD, CallContext.background()));
		request.stop();
		this.inner.outcome.complete(RESULT);
		SpanData span = this.observations.span("submit logs");
		TraceContext trace = this.inner.context.trace();
		assertThat(trace.spanIdHex()).isEqualTo(span.getSpanId());
		assertThat(trace.traceIdHex()).isEqualTo(span.getTraceId());
		assertThat(trace.isSampled()).isTrue();
		assertThat(trace.remote()).isFalse();
		assertThat(span.getParentSpanId()).isEqualTo(this.observations.span("request").getSpanId());
		assertThat(span.getAttributes().get(AttributeKey.stringKey("attempts"))).isEqualTo("3");
		assertThat(span.getAttributes().get(AttributeKey.stringKey("payload.size"))).isEqualTo("7");
		assertThat(span.getAttributes().get(AttributeKey.stringKey("rejected.items"))).isEqualTo("2");
	}

	@Test
	void traceStateOfTheCurrentSpanIsKept() {
		SpanContext remote = SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("b", "2").put("a", "1").build());
		try (Scope scope = Span.wrap(remote).makeCurrent()) {
			this.engine.submit(PAYLOAD, CallContext.background());
		}
		assertThat(this.inner.context.trace().traceState()).isEqualTo("a=1,b=2");
		assertThat(this.inner.context.trace().traceIdHex()).isEqualTo(remote.getTraceId());
	}

	@Test
	void traceOfTheContextIsTheParentWhereNothingIsObserved() {
		TraceContext remote = new TraceContext(1, 2, 3, 1, "a=1", true);
		this.engine.submit(PAYLOAD, CallContext.builder().trace(remote).build());
		this.inner.outcome.complete(RESULT);
		SpanData span = this.observations.span("submit logs");
		assertThat(span.getTraceId()).isEqualTo(remote.traceIdHex());
		assertThat(span.getParentSpanId()).isEqualTo(remote.spanIdHex());
		assertThat(this.inner.context.trace().spanIdHex()).isEqualTo(span.getSpanId());
		assertThat(this.inner.context.trace().traceState()).isEqualTo("a=1");
		assertThat(this.observations.tracer().currentSpan()).isNull();
	}

	@Test
	void successIsCountedOnce() {
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		assertThat(this.observations.meters().find("ferrule.submit.active").longTaskTimer().activeTasks()).isOne();
		this.inner.outcome.complete(RESULT);
		assertThat(call).isCompletedWithValue(RESULT);
		call.cancel(true);
		assertThat(timer("SUCCESS", "none", "main").count()).isOne();
		assertThat(this.observations.meters().find("ferrule.submit").timers()).hasSize(1);
		assertThat(this.observations.meters().find("ferrule.submit.active").longTaskTimer().activeTasks()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "PERMANENT, REFUSED", "RETRYABLE, FAILURE", "TIMEOUT, FAILURE", "RESOURCE_EXHAUSTED, FAILURE",
			"CONFIGURATION, REFUSED", "CANCELLED, FAILURE" })
	void failureIsCountedByKind(ErrorKind kind, String outcome) {
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		TelemetryEngineException failure = TelemetryEngineException.of(Failure.of(kind, "no"));
		this.inner.outcome.completeExceptionally(failure);
		assertThat(call).isCompletedExceptionally();
		assertThat(call.handle((result, ex) -> ex).join()).isSameAs(failure);
		assertThat(timer(outcome, kind.name(), "main").count()).isOne();
	}

	@Test
	void cancellingTheFutureCancelsTheCall() {
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		assertThat(call.cancel(true)).isTrue();
		assertThat(call).isCancelled();
		assertThat(this.inner.outcome).isCancelled();
		assertThat(call.handle((result, ex) -> ex).join()).isInstanceOf(CancellationException.class);
		assertThat(timer("FAILURE", "CANCELLED", "main").count()).isOne();
	}

	@Test
	void futureThatTimesOutEndsTheCall() {
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		call.orTimeout(1, TimeUnit.MILLISECONDS).handle((result, ex) -> ex).join();
		assertThat(this.inner.outcome).isCompletedExceptionally();
		assertThat(call.complete(RESULT)).isFalse();
	}

	@Test
	void continuationsFindWhatWasCurrentAtSubmit() throws Exception {
		CallContext context = CallContext.builder().build();
		Observation request = Observation.start("request", this.observations.registry());
		CompletableFuture<Object> next;
		CompletableFuture<Object> asynchronous;
		try (CurrentCallContext.Scope scope = CurrentCallContext.open(context);
				Observation.Scope observed = request.openScope()) {
			CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD);
			next = call.thenApply((result) -> current());
			asynchronous = call.thenApplyAsync((result) -> result).thenApplyAsync((result) -> current());
		}
		CountDownLatch completed = new CountDownLatch(1);
		new Thread(() -> {
			this.inner.outcome.complete(RESULT);
			assertThat(CurrentCallContext.get()).isNull();
			completed.countDown();
		}).start();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(request, context));
		assertThat(asynchronous.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(request, context));
		assertThat(completed.await(20, TimeUnit.SECONDS)).isTrue();
	}

	private Object current() {
		return Arrays.asList(this.observations.registry().getCurrentObservation(), CurrentCallContext.get());
	}

	@Test
	void observationThatIsSwitchedOffLeavesTheContextAlone() {
		this.observations.registry().observationConfig().observationPredicate((name, context) -> false);
		CallContext context = CallContext.builder().trace(new TraceContext(1, 2, 3, 1, "", true)).build();
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, context);
		assertThat(this.inner.context).isSameAs(context);
		this.inner.outcome.complete(RESULT);
		assertThat(call).isCompletedWithValue(RESULT);
		assertThat(this.observations.meters().getMeters()).isEmpty();
	}

	@Test
	void registryWithoutHandlersCostsNothing() {
		CompletableFuture<ExportResult> call = observed(ObservationRegistry.create()).submit(PAYLOAD,
				CallContext.background());
		assertThat(call).isSameAs(this.inner.outcome);
	}

	@Test
	void submissionThatIsRefusedAtOnceIsObserved() {
		this.inner.refusal = new IllegalArgumentException("no");
		assertThatIllegalArgumentException().isThrownBy(() -> this.engine.submit(PAYLOAD, CallContext.background()))
			.withMessage("no");
		assertThat(timer("REFUSED", "PERMANENT", "main").count()).isOne();
		assertThat(this.observations.registry().getCurrentObservation()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "start", "open" })
	void handlerThatFailsAtTheStartCostsTheObservationOnly(String event) {
		this.observations.registry().observationConfig().observationHandler(new FailingHandler(event));
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		assertThat(this.observations.registry().getCurrentObservationScope()).isNull();
		assertThat(this.observations.tracer().currentSpan()).isNull();
		this.inner.outcome.complete(RESULT);
		assertThat(call).isCompletedWithValue(RESULT);
		assertThat(this.inner.context).isSameAs(CallContext.background());
	}

	@Test
	void handlerThatFailsAtTheEndDoesNotCostTheOutcome() {
		this.observations.registry().observationConfig().observationHandler(new FailingHandler("stop"));
		CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
		this.inner.outcome.complete(RESULT);
		assertThat(call).isCompletedWithValue(RESULT);
	}

	@Test
	void handlerThatFailsAfterSubmitDoesNotCostTheCall() {
		this.observations.registry().observationConfig().observationHandler(new FailingHandler("close"));
		AtomicReference<Observation> left = new AtomicReference<>();
		// The handlers behind are not called, so thread-locals of tracers stay
		CompletableFuture<ExportResult> call = CompletableFuture.supplyAsync(() -> {
			CompletableFuture<ExportResult> submitted = this.engine.submit(PAYLOAD, CallContext.background());
			left.set(this.observations.registry().getCurrentObservation());
			return submitted;
		}, (task) -> new Thread(task).start()).join();
		assertThat(left).hasNullValue();
		this.inner.outcome.complete(RESULT);
		assertThat(call).isCompletedWithValue(RESULT);
		assertThat(timer("SUCCESS", "none", "main").count()).isOne();
	}

	@Test
	void threadLocalThatCannotBeRestoredDoesNotCostTheOutcome() {
		FailingAccessor accessor = new FailingAccessor();
		ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
		try {
			CompletableFuture<ExportResult> call = this.engine.submit(PAYLOAD, CallContext.background());
			this.inner.outcome.complete(RESULT);
			assertThat(call).isCompletedWithValue(RESULT);
			assertThat(call.thenApplyAsync((result) -> result).orTimeout(20, TimeUnit.SECONDS).join())
				.isEqualTo(RESULT);
		}
		finally {
			ContextRegistry.getInstance().removeThreadLocalAccessor(FailingAccessor.KEY);
		}
	}

	@Test
	void viewOfAPipelineIsObservedUnderItsName() {
		this.engine.pipeline("other").submit(PAYLOAD, CallContext.background());
		this.inner.outcome.complete(RESULT);
		assertThat(timer("SUCCESS", "none", "other").count()).isOne();
	}

	@Test
	void memoryIsThatOfTheEngine() {
		assertThat(this.engine.reserve(5)).isSameAs(this.inner.buffer);
	}

	@Test
	void conventionOfTheApplicationReplacesTheDefault() {
		SubmitObservationConvention convention = new DefaultSubmitObservationConvention() {

			@Override
			public String getName() {
				return "own";
			}

		};
		new ObservedTelemetryEngine(this.inner, (signal) -> null,
				new ObservedTelemetryEngine.Observing(this.observations.registry(), convention, null))
			.submit(PAYLOAD, CallContext.background());
		this.inner.outcome.complete(RESULT);
		assertThat(this.observations.meters().get("own").tag("pipeline", "none").timer().count()).isOne();
		assertThat(this.inner.context.trace()).isNull();
	}

	private TelemetryEngine observed(ObservationRegistry registry) {
		return new ObservedTelemetryEngine(this.inner, (signal) -> "main",
				new ObservedTelemetryEngine.Observing(registry, null, new CurrentSpan(this.observations.tracer())));
	}

	private Timer timer(String outcome, String kind, String pipeline) {
		return this.observations.meters()
			.get("ferrule.submit")
			.tags("signal", "logs", "pipeline", pipeline, "outcome", outcome, "kind", kind)
			.timer();
	}

	private record FailingHandler(String event) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			fail("start");
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			fail("open");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			fail("close");
		}

		@Override
		public void onStop(Observation.Context context) {
			fail("stop");
		}

		private void fail(String at) {
			if (at.equals(this.event)) {
				throw new LinkageError("handler");
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	private static final class FailingAccessor implements ThreadLocalAccessor<String> {

		static final String KEY = "failing";

		@Override
		public Object key() {
			return KEY;
		}

		@Override
		public String getValue() {
			return "value";
		}

		@Override
		public void setValue(String value) {
			throw new IllegalStateException("accessor");
		}

		@Override
		public void setValue() {
		}

	}

	private static final class Engine implements TelemetryEngine {

		private final CompletableFuture<ExportResult> outcome = new CompletableFuture<>();

		private final PayloadBuffer buffer = mock(PayloadBuffer.class);

		private @Nullable CallContext context;

		private @Nullable RuntimeException refusal;

		@Override
		public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
			if (this.refusal != null) {
				throw this.refusal;
			}
			this.context = context;
			return this.outcome;
		}

		@Override
		public PayloadBuffer reserve(int size) {
			return this.buffer;
		}

		@Override
		public TelemetryEngine pipeline(String name) {
			return this;
		}

	}

}
