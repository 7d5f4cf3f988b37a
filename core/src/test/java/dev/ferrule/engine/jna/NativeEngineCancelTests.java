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
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class NativeEngineCancelTests {

	private final EngineFixture fixture = new EngineFixture();

	private final FakeNativeApi api = this.fixture.api;

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void cancellingTheFutureCancelsTheCallOnce() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		assertThat(future.cancel(true)).isTrue();
		assertThat(future.cancel(false)).isTrue();
		assertThat(future).isCancelled();
		assertThat(this.api.cancels).containsExactly(this.api.lastCallId() + ":APPLICATION");
		this.fixture.awaitCompleted();
		assertThat(this.fixture.counters().failed()).containsEntry(ErrorKind.CANCELLED, 1L);
		assertThat(this.fixture.counters().lateCompletions()).isZero();
	}

	@Test
	void engineIsToldBeforeDependentsRun() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		List<Integer> cancels = new ArrayList<>();
		future.whenComplete((result, ex) -> cancels.add(this.api.cancels.size()));
		future.cancel(true);
		assertThat(cancels).containsExactly(1);
	}

	@Test
	void cancelledRecordDoesNotReplaceTheCancellation() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		future.cancel(true);
		this.fixture.awaitCompleted();
		await().untilAsserted(() -> assertThat(this.fixture.counters().completed()).isOne());
		assertThat(future).isCancelled();
	}

	@Test
	void cancellingACompletedCallDoesNothing() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		await().until(future::isDone);
		assertThat(future.cancel(true)).isFalse();
		assertThat(future).isCompleted();
		assertThat(this.api.cancels).isEmpty();
	}

	@Test
	void timeoutOfTheFutureCancelsTheCall() {
		CompletableFuture<ExportResult> future = this.fixture.submit().orTimeout(1, TimeUnit.MILLISECONDS);
		await().until(future::isCompletedExceptionally);
		assertThat(this.api.cancels).containsExactly(this.api.lastCallId() + ":APPLICATION");
		this.fixture.awaitCompleted();
	}

	@Test
	void completingFromOutsideCancelsTheCall() {
		List<Consumer<CompletableFuture<ExportResult>>> ways = List.of(
				(future) -> future.complete(new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0)),
				(future) -> future.completeExceptionally(new IllegalStateException()),
				(future) -> future.obtrudeException(new IllegalStateException()), (future) -> future
					.obtrudeValue(new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0)));
		for (Consumer<CompletableFuture<ExportResult>> way : ways) {
			CompletableFuture<ExportResult> future = this.fixture.submit();
			way.accept(future);
			assertThat(future).isDone();
			assertThat(this.api.cancels).contains(this.api.lastCallId() + ":APPLICATION");
		}
		assertThat(this.api.cancels).hasSize(ways.size());
	}

	@Test
	void cancellingADependentLeavesTheCallAlone() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		future.thenApply((result) -> result).cancel(true);
		assertThat(this.api.cancels).isEmpty();
		assertThat(future).isNotDone();
	}

	@Test
	void tokenCancelsTheCallWithItsCause() {
		CancellationSource source = new CancellationSource();
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		source.cancel(CancellationCause.CLIENT);
		TelemetryEngineException failure = EngineFixture.failure(future);
		assertThat(failure.failure().kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.failure().cause()).isEqualTo(CancellationCause.CLIENT);
	}

	@Test
	void tokenCancelledDuringSubmitIsNotMissed() {
		CancellationSource source = new CancellationSource();
		this.api.duringSubmit = (callId) -> source.cancel(CancellationCause.CLIENT);
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		assertThat(EngineFixture.failure(future).failure().cause()).isEqualTo(CancellationCause.CLIENT);
	}

	@Test
	void registrationIsClosedWhenTheCallEnds() {
		RecordingToken token = new RecordingToken();
		CompletableFuture<ExportResult> future = this.fixture.submit(CallContext.background().withCancellation(token));
		assertThat(token.open).hasValue(1);
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		await().until(future::isDone);
		assertThat(token.open).hasValue(0);
	}

	@Test
	void refusedCallRegistersNothing() {
		RecordingToken token = new RecordingToken();
		this.api.submitResult = FakeNativeApi.refusal(ErrorKind.RETRYABLE, RefusalCodes.NOT_READY, 1);
		this.fixture.submit(CallContext.background().withCancellation(token));
		assertThat(token.open).hasValue(0);
	}

	@Test
	void cancelAllReachesCallsInFlightAndThoseThatEnter() {
		CompletableFuture<ExportResult> before = this.fixture.submit();
		this.fixture.engine.cancelAll(CancellationCause.SHUTDOWN);
		CompletableFuture<ExportResult> after = this.fixture.submit();
		assertThat(EngineFixture.failure(before).failure().cause()).isEqualTo(CancellationCause.SHUTDOWN);
		assertThat(EngineFixture.failure(after).failure().cause()).isEqualTo(CancellationCause.SHUTDOWN);
	}

	@Test
	void resumeAcceptingEndsTheCancellationOfAllCalls() {
		this.fixture.engine.stopAccepting();
		this.fixture.engine.cancelAll(CancellationCause.SHUTDOWN);
		this.fixture.engine.resumeAccepting();
		CompletableFuture<ExportResult> future = this.fixture.submit();
		assertThat(this.api.cancels).isEmpty();
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		await().untilAsserted(() -> assertThat(future).isCompleted());
	}

	/**
	 * Scenario: for each call the engine's outcome, a cancelled future and a cancelled
	 * token race. Guarantees: every future completes, and as many calls are counted as
	 * completed as were submitted.
	 */
	@Test
	void racingCancellationsAndOutcomesBalance() throws InterruptedException {
		int calls = 5000;
		ExecutorService threads = Executors.newFixedThreadPool(3);
		List<CompletableFuture<ExportResult>> futures = new ArrayList<>();
		CountDownLatch done = new CountDownLatch(3 * calls);
		for (int i = 0; i < calls; i++) {
			CancellationSource source = new CancellationSource();
			CompletableFuture<ExportResult> future = this.fixture
				.submit(CallContext.background().withCancellation(source.token()));
			long callId = this.api.lastCallId();
			futures.add(future);
			List<Runnable> racers = List.of(() -> this.api.finish(callId, Records.success(callId)),
					() -> future.cancel(true), () -> source.cancel(CancellationCause.CLIENT));
			int first = ThreadLocalRandom.current().nextInt(3);
			for (int racer = 0; racer < 3; racer++) {
				Runnable task = racers.get((first + racer) % 3);
				threads.execute(() -> {
					task.run();
					done.countDown();
				});
			}
			this.api.frames.clear();
		}
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		threads.shutdownNow();
		CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).exceptionally((ex) -> null).join();
		this.fixture.awaitCompleted();
		assertThat(this.fixture.counters().submitted()).isEqualTo(calls);
		assertThat(this.fixture.counters().lateCompletions()).isZero();
		for (CompletableFuture<ExportResult> future : futures) {
			future.handle((result, ex) -> assertThat(ex).satisfiesAnyOf((none) -> assertThat(none).isNull(),
					(some) -> assertThat(some).isInstanceOfAny(CancellationException.class,
							TelemetryEngineException.class)))
				.join();
		}
	}

	private static final class RecordingToken implements CancellationToken {

		private final AtomicInteger open = new AtomicInteger();

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public CancellationCause cause() {
			return null;
		}

		@Override
		public Registration onCancel(Consumer<CancellationCause> listener) {
			this.open.incrementAndGet();
			return this.open::decrementAndGet;
		}

	}

}
