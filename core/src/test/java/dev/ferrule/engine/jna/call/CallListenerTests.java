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

package dev.ferrule.engine.jna.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.EngineFixture;
import dev.ferrule.engine.jna.NativeEngineOptions;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.FrameEncoder;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * Tests that listeners are told of each call once. That they are told as often as calls
 * are counted, by kind, is checked when a fixture closes, here and in all other tests.
 */
class CallListenerTests {

	private EngineFixture fixture = new EngineFixture();

	private FakeNativeApi api = this.fixture.api;

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void successIsToldWithAllFactsOnTheExecutorAfterTheFuture() {
		List<String> events = new CopyOnWriteArrayList<>();
		this.fixture.engine.setCallListeners(List.of(this.fixture.ended::add,
				(call) -> events.add("listener on " + Thread.currentThread().getName())));
		TraceContext trace = TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, null, true);
		CallContext context = CallContext.background().withTrace(trace);
		CompletableFuture<ExportResult> future = this.fixture.submit(context);
		future.whenComplete((result, failure) -> events.add("future"));
		succeed();
		await().untilAsserted(
				() -> assertThat(events).containsExactly("future", "listener on " + EngineFixture.EXECUTOR_THREAD));
		EndedCall call = this.fixture.ended.element();
		assertThat(call).isEqualTo(new EndedCall(Signal.TRACES, "main", 3, context, future.join(), null,
				new EndedCall.Times(Duration.ofNanos(1), Duration.ofNanos(2), Duration.ofNanos(3)), 1, null));
		assertThat(call.times().total()).isEqualTo(Duration.ofNanos(6));
		assertThat(this.fixture.counters().submittedBytes()).isEqualTo(3);
	}

	@Test
	void failureIsToldWithWhatTheEngineMeasured() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.finish(callId,
				Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.RETRYABLE.code(), callId, "not now", "",
						(record) -> record.putLong(RecordLayout.EXPORT_NANOS_OFFSET, 7)
							.putInt(RecordLayout.ATTEMPTS_OFFSET, 3)));
		TelemetryEngineException failure = EngineFixture.failure(future);
		EndedCall call = awaitEnded();
		assertThat(call.failure()).isEqualTo(failure.failure());
		assertThat(call.result()).isNull();
		assertThat(call.attempts()).isEqualTo(3);
		assertThat(call.times().exporting()).isEqualTo(Duration.ofNanos(7));
		assertThat(call.times().queued()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void refusalIsToldAtOnceByTheSubmittingThread(Refusal refusal) {
		this.fixture.close();
		this.fixture = refusal.fixture();
		this.api = this.fixture.api;
		List<Thread> threads = new ArrayList<>();
		this.fixture.engine
			.setCallListeners(List.of(this.fixture.ended::add, (call) -> threads.add(Thread.currentThread())));
		CompletableFuture<ExportResult> future = refusal.submit.apply(this.fixture);
		assertThat(future).isCompletedExceptionally();
		assertThat(threads).containsExactly(Thread.currentThread());
		EndedCall call = this.fixture.ended.element();
		assertThat(call.failure()).isEqualTo(EngineFixture.failure(future).failure());
		assertThat(call.failure().kind()).isEqualTo(refusal.kind);
		assertThat(call.pipeline()).isEqualTo((refusal != Refusal.NO_PIPELINE) ? "main" : null);
		assertThat(call.attempts()).isZero();
		assertThat(this.fixture.counters().failed()).containsEntry(refusal.kind, 1L);
	}

	@Test
	void cancelledCallIsToldWhenTheEngineLetsGo() {
		this.fixture.submit().cancel(true);
		EndedCall call = awaitEnded();
		assertThat(call.failure().cause()).isEqualTo(CancellationCause.APPLICATION);
		assertThat(call.cancelTime()).isNotNull();
	}

	@Test
	void callThatTheEngineCancelledHasNoCancelTime() {
		this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.finish(callId, Records.cancelled(callId, CancellationCause.DOWNSTREAM.code()));
		assertThat(awaitEnded().cancelTime()).isNull();
	}

	@Test
	void callOfAViewIsToldWithItsPipeline() {
		replaceFixture((options) -> options, "main\nother");
		this.fixture.engine.pipeline("other").submit(EngineFixture.payload());
		succeed();
		assertThat(awaitEnded().pipeline()).isEqualTo("other");
	}

	@Test
	void listenerThatThrowsAffectsNobodyAndIsCounted() throws Exception {
		TelemetryCallListener failing = (call) -> {
			throw new LinkageError("from the test");
		};
		this.fixture.engine.setCallListeners(List.of(failing, this.fixture.ended::add));
		CompletableFuture<ExportResult> future = this.fixture.submit();
		succeed();
		assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
		awaitEnded();
		assertThat(this.fixture.counters().listenerErrors()).isOne();
		this.api.submitResult = FakeNativeApi.refusal(ErrorKind.RETRYABLE, RefusalCodes.NOT_READY, 1);
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(this.fixture.counters().listenerErrors()).isEqualTo(2);
	}

	@Test
	void listenerIsNotCalledByTheThreadThatPolls() {
		replaceFixture((options) -> options.executor(Runnable::run), "main");
		List<String> threads = new CopyOnWriteArrayList<>();
		this.fixture.engine.setCallListeners(
				List.of((call) -> threads.add(Thread.currentThread().getName()), this.fixture.ended::add));
		this.fixture.submit();
		succeed();
		awaitEnded();
		assertThat(threads).containsExactly("test-completion");
	}

	@Test
	void executorThatRunsATaskAndRefusesItTellsOnce() {
		AtomicBoolean refused = new AtomicBoolean();
		replaceFixture((options) -> options.executor((task) -> {
			CompletableFuture.runAsync(task).join();
			refused.set(true);
			throw new RejectedExecutionException("from the test");
		}), "main");
		this.fixture.submit();
		succeed();
		await().untilTrue(refused);
		// The fallback runs the task again before that of the next call
		this.fixture.submit();
		succeed();
		this.fixture.awaitCompleted();
		await().untilAsserted(() -> assertThat(this.fixture.counters().executorRejections()).isEqualTo(2));
		assertThat(this.fixture.ended).hasSize(2);
	}

	@Test
	void listenerOfFailuresIsNotToldOfSuccesses() {
		List<EndedCall> failures = new CopyOnWriteArrayList<>();
		this.fixture.engine.setCallListeners(List.of(this.fixture.ended::add, new TelemetryCallListener() {

			@Override
			public void onEnd(EndedCall call) {
				failures.add(call);
			}

			@Override
			public boolean isFailuresOnly() {
				return true;
			}

		}));
		this.fixture.submit();
		succeed();
		awaitEnded();
		this.fixture.submit(CallContext.background().withDeadline(Deadline.after(Duration.ZERO)));
		assertThat(failures).singleElement().satisfies((call) -> assertThat(call.result()).isNull());
	}

	@Test
	void programmingErrorsAreNeitherToldNorCounted() {
		PayloadBuffer buffer = this.fixture.engine.reserve(1);
		buffer.buffer().put((byte) 1);
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, buffer);
		this.fixture.engine.submit(payload, CallContext.background());
		assertThatIllegalStateException()
			.isThrownBy(() -> this.fixture.engine.submit(payload, CallContext.background()));
		assertThatNullPointerException().isThrownBy(() -> this.fixture.engine.submit(EngineFixture.payload(), null));
		assertThat(this.fixture.counters().submitted()).isOne();
	}

	private void succeed() {
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
	}

	private EndedCall awaitEnded() {
		await().untilAsserted(() -> assertThat(this.fixture.ended).isNotEmpty());
		return this.fixture.ended.element();
	}

	private void replaceFixture(UnaryOperator<NativeEngineOptions.Builder> customizer, String pipelines) {
		this.fixture.close();
		this.fixture = new EngineFixture(customizer, pipelines);
		this.api = this.fixture.api;
	}

	/** The ways in which a call ends before it began. */
	enum Refusal {

		EXPIRED(ErrorKind.TIMEOUT,
				(engine) -> engine.submit(CallContext.background().withDeadline(Deadline.after(Duration.ZERO)))),

		CANCELLED(ErrorKind.CANCELLED, (engine) -> {
			CancellationSource source = new CancellationSource();
			source.cancel(CancellationCause.CLIENT);
			return engine.submit(CallContext.background().withCancellation(source.token()));
		}),

		PAUSED(ErrorKind.RETRYABLE, (engine) -> {
			engine.engine.stopAccepting();
			return engine.submit();
		}),

		STOPPED(ErrorKind.RETRYABLE, (engine) -> {
			engine.engine.close();
			return engine.submit();
		}),

		NO_PIPELINE(ErrorKind.CONFIGURATION, EngineFixture::submit),

		LANE_FULL(ErrorKind.RESOURCE_EXHAUSTED, (engine) -> {
			engine.api.submitResult = FakeNativeApi.refusal(ErrorKind.RESOURCE_EXHAUSTED, RefusalCodes.LANE_FULL, 5);
			return engine.submit();
		}),

		NO_MEMORY(ErrorKind.RESOURCE_EXHAUSTED, (engine) -> {
			engine.api.reserveResult = -FakeNativeApi.refusal(ErrorKind.RESOURCE_EXHAUSTED, RefusalCodes.BYTE_BUDGET,
					5);
			return submitLarge(engine);
		}),

		OUT_OF_MEMORY(ErrorKind.RESOURCE_EXHAUSTED, (engine) -> {
			engine.api.reserveListener = (memory) -> {
				throw new OutOfMemoryError("from the test");
			};
			return submitLarge(engine);
		}),

		ERROR(ErrorKind.PERMANENT, (engine) -> {
			engine.api.reserveListener = (memory) -> {
				throw new LinkageError("from the test");
			};
			return submitLarge(engine);
		}),

		EXCEPTION_OF_THE_DOWNCALL(ErrorKind.PERMANENT, (engine) -> {
			engine.api.duringSubmit = (callId) -> {
				engine.api.inFlight.remove(callId);
				throw new IllegalStateException("from the test");
			};
			return engine.submit();
		}),

		CONTEXT_TOO_LARGE(ErrorKind.CONFIGURATION,
				(engine) -> engine.submit(CallContext.builder()
					.metadata(ClientMetadata.builder().add("x-a", "a".repeat(FrameLayout.MAX_CONTEXT_LENGTH)).build())
					.build()));

		private final ErrorKind kind;

		private final Function<EngineFixture, CompletableFuture<ExportResult>> submit;

		Refusal(ErrorKind kind, Function<EngineFixture, CompletableFuture<ExportResult>> submit) {
			this.kind = kind;
			this.submit = submit;
		}

		EngineFixture fixture() {
			return new EngineFixture(UnaryOperator.identity(), (this != NO_PIPELINE) ? "main" : "");
		}

		private static CompletableFuture<ExportResult> submitLarge(EngineFixture engine) {
			return engine.engine.submit(TelemetryPayload.of(Signal.TRACES, new byte[FrameEncoder.INLINE_LIMIT + 1]));
		}

	}

}
