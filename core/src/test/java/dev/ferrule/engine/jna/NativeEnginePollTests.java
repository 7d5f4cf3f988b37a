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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.call.PollLoop;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.PermanentTelemetryException;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class NativeEnginePollTests {

	private EngineFixture fixture = new EngineFixture();

	private FakeNativeApi api = this.fixture.api;

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void secondOutcomeIsDroppedAndCounted() throws Exception {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.deliver(Records.success(callId), Records.failure(callId, ErrorKind.PERMANENT, "late"));
		this.api.inFlight.clear();
		assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
		await().untilAsserted(() -> assertThat(this.fixture.counters().lateCompletions()).isOne());
		assertThat(this.fixture.counters().completed()).isOne();
	}

	@Test
	void outcomeOfAnUnknownCallIsDroppedAndCounted() {
		this.api.deliver(Records.success(123_456), Records.success(0), Records.success(-1));
		await().untilAsserted(() -> assertThat(this.fixture.counters().lateCompletions()).isEqualTo(3));
		assertThat(this.fixture.counters().completed()).isZero();
	}

	@Test
	void failureOfTheEngineCompletesTheFuture() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.finish(callId, Records.failure(callId, ErrorKind.TIMEOUT, "too late"));
		TelemetryEngineException failure = EngineFixture.failure(future);
		assertThat(failure.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(failure).hasMessage("too late");
		assertThat(failure.getStackTrace()).isEmpty();
	}

	@Test
	void manyRecordsComeInOnePoll() {
		for (int i = 0; i < 1000; i++) {
			this.fixture.submit();
		}
		this.api.inFlight.forEach((callId) -> this.api.finish(callId, Records.success(callId)));
		this.fixture.awaitCompleted();
		assertThat(this.fixture.counters().succeeded()).isEqualTo(1000);
	}

	@Test
	void garbageDoesNotStopDelivery() {
		Random random = new Random(42);
		for (int i = 0; i < 500; i++) {
			byte[] garbage = new byte[random.nextInt(300)];
			random.nextBytes(garbage);
			if (i % 2 == 0 && garbage.length >= RecordLayout.FIXED_LENGTH) {
				ByteBuffer.wrap(garbage)
					.order(ByteOrder.LITTLE_ENDIAN)
					.putInt(RecordLayout.LENGTH_OFFSET, garbage.length & -8)
					.putShort(RecordLayout.TYPE_OFFSET, (short) RecordLayout.TYPE_COMPLETION);
			}
			this.api.deliver(garbage);
		}
		await().untilAsserted(() -> assertThat(this.fixture.counters().malformedRecords()).isPositive());
		assertDelivers();
	}

	@Test
	void recordBehindAnUnreadableOneOfRightLengthIsDelivered() {
		this.fixture.submit();
		long callId = this.api.lastCallId();
		byte[] unknownType = Records.record(99, 0, 5, "", "", (fields) -> {
		});
		this.api.inFlight.clear();
		this.api.deliver(unknownType, Records.success(callId));
		this.fixture.awaitCompleted();
		assertThat(this.fixture.counters().malformedRecords()).isOne();
	}

	@Test
	void failureOfANewerEngineIsSafeAndCounted() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.inFlight.clear();
		this.api.deliver(Records.record(RecordLayout.TYPE_COMPLETION, 42, callId, "new", "no JSON", (fields) -> {
		}));
		assertThat(future).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(PermanentTelemetryException.class)
			.withMessage("new");
		assertThat(this.fixture.counters().degradedErrors()).isOne();
	}

	@Test
	void unreadableOutcomeStillEndsTheCall() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.finish(callId,
				Records.record(RecordLayout.TYPE_COMPLETION, 250, callId, "?", "",
						(fields) -> fields.putInt(RecordLayout.GRPC_CODE_OFFSET, -1)
							.putInt(RecordLayout.CAUSE_OFFSET, -1)
							.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, Long.MIN_VALUE)
							.putInt(RecordLayout.MESSAGE_LENGTH_OFFSET, -1)));
		assertThat(EngineFixture.kind(future)).isEqualTo(ErrorKind.PERMANENT);
	}

	@Test
	void exceptionAndUnknownResultOfThePollAreSurvived() {
		this.api.pollFailure = new IllegalStateException("from the test");
		await().untilAsserted(() -> assertThat(this.fixture.counters().pollErrors()).isOne());
		this.api.pollResult = -99;
		await().untilAsserted(() -> assertThat(this.fixture.counters().pollErrors()).isEqualTo(2));
		this.api.pollResult = Integer.MAX_VALUE;
		await().untilAsserted(() -> assertThat(this.fixture.counters().pollErrors()).isEqualTo(3));
		assertDelivers();
	}

	@Test
	void bufferThatIsTooSmallGrows() {
		this.api.pollResult = PollLoop.TOO_SMALL;
		await().until(() -> this.api.pollResult != PollLoop.TOO_SMALL);
		assertDelivers();
		assertThat(this.fixture.counters().pollErrors()).isZero();
	}

	@Test
	void engineThatEndsByItselfFailsItsCallsAndTakesNoMore() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		this.api.pollResult = PollLoop.STALE_HANDLE;
		TelemetryEngineException failure = EngineFixture.failure(future);
		assertThat(failure.failure().kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(failure.failure().deliveryUnknown()).isTrue();
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(this.fixture.engine.inspector().state()).isEqualTo(EngineState.ENDED);
	}

	@Test
	void outcomeThatTheExecutorRejectsIsDeliveredElsewhere() throws Exception {
		AtomicBoolean reject = new AtomicBoolean(true);
		replaceFixture((options) -> options.executor((task) -> {
			if (reject.get()) {
				throw new RejectedExecutionException("from the test");
			}
			task.run();
		}));
		CompletableFuture<ExportResult> future = this.fixture.submit();
		CompletableFuture<String> thread = future.thenApply((result) -> Thread.currentThread().getName());
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("test-completion");
		assertThat(this.fixture.counters().executorRejections()).isOne();
	}

	@Test
	void executorThatRunsInItsCallerDoesNotHoldUpThePollThread() throws Exception {
		replaceFixture((options) -> options.executor(Runnable::run));
		AtomicReference<String> closing = new AtomicReference<>();
		CancellationToken token = mock(CancellationToken.class);
		given(token.onCancel(any())).willReturn(() -> closing.set(Thread.currentThread().getName()));
		CompletableFuture<ExportResult> future = this.fixture.submit(CallContext.background().withCancellation(token));
		CompletableFuture<String> thread = future.thenApply((result) -> Thread.currentThread().getName());
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("test-completion");
		assertThat(closing).hasValue("test-completion");
		assertThat(this.fixture.counters().executorRejections()).isZero();
	}

	@Test
	void executorWhoseThreadStopsTheEngineCompletesTheCallsAfterwards() throws Exception {
		this.api.forgetful = true;
		CompletableFuture<ExportResult> future = this.fixture.submit();
		CompletableFuture<String> thread = future.handle((result, ex) -> Thread.currentThread().getName());
		CompletableFuture.runAsync(this.fixture.engine::close, this.fixture.executor()).get(10, TimeUnit.SECONDS);
		assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo(EngineFixture.EXECUTOR_THREAD);
	}

	@Test
	void dependentThatThrowsDoesNotStopDelivery() {
		this.fixture.submit().thenAccept((result) -> {
			throw new IllegalStateException("from the test");
		});
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		this.fixture.awaitCompleted();
		assertDelivers();
	}

	@Test
	void outcomesThatTheExecutorLetsWaitCountAndAreDeliveredAfterTheDeadline() throws Exception {
		Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
		replaceFixture((options) -> options.executor(queue::add).maximumInFlight(2));
		List<CompletableFuture<ExportResult>> futures = List.of(this.fixture.submit(), this.fixture.submit());
		this.api.inFlight.forEach((callId) -> this.api.finish(callId, Records.success(callId)));
		await().untilAsserted(() -> assertThat(queue).hasSize(2));
		assertThat(this.fixture.counters().waitingOutcomes()).isEqualTo(2);
		assertThat(this.fixture.counters().inFlight()).isZero();
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.RESOURCE_EXHAUSTED);
		queue.remove().run();
		assertThat(this.fixture.counters().waitingOutcomes()).isOne();
		CompletableFuture<ExportResult> later = this.fixture.submit();
		assertThat(later).isNotDone();
		CompletableFuture<String> thread = CompletableFuture.anyOf(futures.toArray(CompletableFuture[]::new))
			.thenCompose((any) -> CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)))
			.thenApply((all) -> Thread.currentThread().getName());
		this.fixture.engine.sweep.run();
		assertThat(thread).isNotDone();
		this.fixture.clock.addAndGet(Duration.ofMillis(31_501).toNanos());
		this.fixture.engine.sweep.run();
		this.fixture.engine.sweep.run();
		this.fixture.engine.sweep.run();
		assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("test-completion");
		assertThat(this.fixture.counters().lastNetFired()).isOne();
		assertThat(EngineFixture.kind(later)).isEqualTo(ErrorKind.TIMEOUT);
		await().untilAsserted(() -> assertThat(this.fixture.counters().waitingOutcomes()).isZero());
		queue.forEach(Runnable::run);
		assertThat(this.fixture.counters().completed()).isEqualTo(4);
	}

	@Test
	void lastNetEndsACallThatTheEngineForgot() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.inFlight.clear();
		this.fixture.clock.addAndGet(Duration.ofMillis(31_499).toNanos());
		this.fixture.engine.sweep.run();
		assertThat(future).isNotDone();
		this.fixture.clock.addAndGet(Duration.ofMillis(2).toNanos());
		this.fixture.engine.sweep.run();
		TelemetryEngineException failure = EngineFixture.failure(future);
		assertThat(failure.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(failure.failure().deliveryUnknown()).isTrue();
		assertThat(this.fixture.counters().lastNetFired()).isOne();
		this.api.deliver(Records.success(callId));
		await().untilAsserted(() -> assertThat(this.fixture.counters().lateCompletions()).isOne());
	}

	private void assertDelivers() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		await().untilAsserted(() -> assertThat(future).isCompleted());
	}

	private void replaceFixture(UnaryOperator<NativeEngineOptions.Builder> customizer) {
		this.fixture.close();
		this.fixture = new EngineFixture(customizer);
		this.api = this.fixture.api;
	}

}
