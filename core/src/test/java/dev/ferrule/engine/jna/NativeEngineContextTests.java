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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.error.ErrorKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a call and its context tell each other.
 */
class NativeEngineContextTests {

	private EngineFixture fixture = new EngineFixture();

	private final CancellationSource source = new CancellationSource();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void submitWithoutContextUsesTheCurrentOne() {
		CallContext current = CallContext.builder().attributesJson("{\"a\":1}").build();
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(current)) {
			this.fixture.engine.submit(EngineFixture.payload());
			assertThat(attributesLength()).isEqualTo(7);
			this.fixture.engine.pipeline("main").submit(EngineFixture.payload());
			assertThat(attributesLength()).isEqualTo(7);
		}
		this.fixture.engine.submit(EngineFixture.payload());
		assertThat(attributesLength()).isZero();
		assertThat(this.fixture.api.lastFrame().getLong(FrameLayout.REMAINING_NANOS_OFFSET))
			.isEqualTo(Duration.ofSeconds(30).toNanos());
	}

	private int attributesLength() {
		return this.fixture.api.lastFrame().getInt(FrameLayout.ATTRIBUTES_LENGTH_OFFSET);
	}

	@Test
	void timeoutEndsTheContextWhoseDeadlinePassed() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		Manual deadline = new Manual();
		CompletableFuture<ExportResult> future = this.fixture.submit(deadline.context(this.source));
		this.source.token().onCancel((cause) -> thread.set(Thread.currentThread()));
		deadline.pass();
		fail(future, ErrorKind.TIMEOUT);
		await().untilAsserted(() -> assertThat(thread.get()).isNotNull());
		assertThat(this.source.token().cause()).isEqualTo(CancellationCause.DEADLINE);
		assertThat(thread.get().getName()).startsWith(EngineFixture.EXECUTOR_THREAD);
		assertThat(this.fixture.api.cancels).isEmpty();
	}

	@Test
	void submissionThatIsTooLateEndsTheContext() {
		Manual deadline = new Manual();
		CallContext context = deadline.context(this.source);
		CallContext part = context.withDeadline(deadline.half());
		deadline.passHalf();
		assertThat(EngineFixture.kind(this.fixture.submit(part))).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(this.source.token().isCancelled()).isFalse();
		deadline.pass();
		assertThat(EngineFixture.kind(this.fixture.submit(context))).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(this.source.token().cause()).isEqualTo(CancellationCause.DEADLINE);
	}

	@Test
	void timeoutOfACallWithLessTimeThanItsContextEndsNothingElse() {
		Manual deadline = new Manual();
		fail(this.fixture.submit(deadline.context(this.source)), ErrorKind.TIMEOUT);
		CallContext unlimited = CallContext.builder().cancellation(this.source).build();
		fail(this.fixture.submit(unlimited), ErrorKind.TIMEOUT);
		Manual shorter = new Manual();
		CompletableFuture<ExportResult> part = this.fixture.submit(unlimited.withDeadline(shorter.deadline));
		shorter.pass();
		fail(part, ErrorKind.TIMEOUT);
		drainExecutor();
		assertThat(this.source.token().isCancelled()).isFalse();
	}

	@Test
	void otherFailuresEndNothingElse() {
		Manual deadline = new Manual();
		CompletableFuture<ExportResult> future = this.fixture.submit(deadline.context(this.source));
		deadline.pass();
		fail(future, ErrorKind.RETRYABLE);
		drainExecutor();
		assertThat(this.source.token().isCancelled()).isFalse();
	}

	@Test
	void shutdownEndsTheContextAndAllItsCalls() {
		List<CompletableFuture<ExportResult>> futures = List.of(
				this.fixture.submit(CallContext.builder().cancellation(this.source).build()),
				this.fixture.submit(CallContext.background().withCancellation(this.source.token())));
		this.fixture.engine.cancelAll(CancellationCause.SHUTDOWN);
		futures.forEach((future) -> assertThat(EngineFixture.failure(future).failure().cause())
			.isEqualTo(CancellationCause.SHUTDOWN));
		await().untilAsserted(() -> assertThat(this.source.token().cause()).isEqualTo(CancellationCause.SHUTDOWN));
	}

	@Test
	void tokenThatFiresWithTheDeadlineLeavesTheOutcomeToTheEngine() {
		CallContext context = new Manual().context(this.source);
		CompletableFuture<ExportResult> future = this.fixture.submit(context);
		this.source.cancel(CancellationCause.DEADLINE);
		assertThat(this.fixture.api.cancels).isEmpty();
		assertThat(future).isNotDone();
		fail(future, ErrorKind.TIMEOUT);
		int entered = this.fixture.api.frames.size();
		assertThat(EngineFixture.kind(this.fixture.submit(context))).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(this.fixture.api.frames).hasSize(entered);
	}

	@Test
	void tokenThatFiresWithADeadlineOfOthersCancelsTheCall() {
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(this.source.token()));
		this.source.cancel(CancellationCause.DEADLINE);
		assertThat(EngineFixture.failure(future).failure().cause()).isEqualTo(CancellationCause.APPLICATION);
	}

	@Test
	void callWithoutAnyLimitCrossesWithoutDeadline() {
		replaceFixture();
		this.fixture.submit();
		assertDeadline(false);
		this.fixture.submit(CallContext.builder().deadline(Deadline.after(Duration.ofSeconds(1))).build());
		assertDeadline(true);
		this.fixture.submit();
		assertDeadline(false);
	}

	private void assertDeadline(boolean present) {
		int flags = this.fixture.api.lastFrame().getShort(FrameLayout.FLAGS_OFFSET);
		assertThat((flags & FrameLayout.FLAG_DEADLINE) != 0).isEqualTo(present);
		assertThat(this.fixture.api.lastFrame().getLong(FrameLayout.REMAINING_NANOS_OFFSET) != 0).isEqualTo(present);
		assertThat(this.fixture.api.lastFrame().getLong(FrameLayout.DEADLINE_UNIX_NANOS_OFFSET) != 0)
			.isEqualTo(present);
	}

	private void replaceFixture() {
		this.fixture.close();
		this.fixture = new EngineFixture((options) -> options.defaultDeadline(null).maximumDeadline(null));
	}

	private void fail(CompletableFuture<ExportResult> last, ErrorKind kind) {
		long callId = this.fixture.api.lastCallId();
		this.fixture.api.finish(callId, Records.failure(callId, kind, "over"));
		assertThat(EngineFixture.kind(last)).isEqualTo(kind);
	}

	private void drainExecutor() {
		// The context ends in the task that completes the future, on the only thread
		CompletableFuture.runAsync(() -> {
		}, this.fixture.executor()).join();
	}

	/**
	 * A deadline that passes when a test says so.
	 */
	private static final class Manual {

		private volatile long now;

		private final LongSupplier ticker = () -> this.now;

		private final Deadline deadline = Deadline.after(Duration.ofSeconds(1), this.ticker);

		CallContext context(CancellationSource source) {
			return CallContext.builder().deadline(this.deadline).cancellation(Objects.requireNonNull(source)).build();
		}

		Deadline half() {
			return Deadline.after(Duration.ofMillis(500), this.ticker);
		}

		void passHalf() {
			this.now = Duration.ofMillis(500).toNanos();
		}

		void pass() {
			this.now = Duration.ofSeconds(1).toNanos();
		}

	}

}
