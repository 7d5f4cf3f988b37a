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

package dev.ferrule.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.CallCancelledTelemetryException;
import dev.ferrule.error.DeadlineExceededTelemetryException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.ThrottledTelemetryException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link RecordingTelemetryEngine}.
 */
class RecordingTelemetryEngineTests {

	private final RecordingTelemetryEngine engine = new RecordingTelemetryEngine();

	@Test
	void submissionIsRecordedAndSucceeds() {
		CompletableFuture<ExportResult> outcome = this.engine.pipeline("spans")
			.submit(payload(), CallContext.background());
		assertThat(outcome).isCompleted();
		Submission submission = this.engine.lastSubmission();
		assertThat(submission.pipeline()).isEqualTo("spans");
		assertThat(submission.signal()).isEqualTo(Signal.LOGS);
		assertThat(submission.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("abc");
		assertThat(submission.isDone()).isTrue();
	}

	@Test
	void reservedMemoryIsRecordedAndTaken() {
		PayloadBuffer buffer = this.engine.reserve(3);
		buffer.buffer().put("xyz".getBytes(StandardCharsets.UTF_8));
		this.engine.submit(TelemetryPayload.of(Signal.TRACES, buffer), CallContext.background());
		assertThat(this.engine.lastSubmission().bytes()).asString(StandardCharsets.UTF_8).isEqualTo("xyz");
		assertThatThrownBy(buffer::buffer).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void failureArrivesAsExceptionOfItsKind() {
		this.engine.fail(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "slow down").withRetryDelay(Duration.ofSeconds(2)));
		assertThat(failureOf(submit(CallContext.background()))).isInstanceOfSatisfying(
				ThrottledTelemetryException.class,
				(ex) -> assertThat(ex.retryDelay()).isEqualTo(Duration.ofSeconds(2)));
	}

	@Test
	void heldCallEndsWhenItsContextIsCancelled() {
		this.engine.hold();
		CancellationSource client = new CancellationSource();
		CompletableFuture<ExportResult> outcome = submit(CallContext.builder().cancellation(client.token()).build());
		assertThat(outcome).isNotDone();
		client.cancel(CancellationCause.CLIENT);
		assertThat(failureOf(outcome)).isInstanceOf(CallCancelledTelemetryException.class);
	}

	@Test
	void heldCallEndsAsTheTestSays() {
		this.engine.hold();
		CompletableFuture<ExportResult> outcome = submit(CallContext.background());
		Submission submission = this.engine.lastSubmission();
		assertThat(submission.succeed()).isTrue();
		assertThat(submission.fail(Failure.of(ErrorKind.PERMANENT, "late"))).isFalse();
		assertThat(outcome).isCompleted();
	}

	@Test
	void cancelledFutureEndsCall() {
		this.engine.hold();
		submit(CallContext.background()).cancel(true);
		assertThat(this.engine.lastSubmission().isDone()).isTrue();
	}

	@Test
	void passedDeadlineFailsAtOnce() {
		CallContext late = CallContext.builder().deadline(Deadline.after(Duration.ZERO)).build();
		assertThat(failureOf(submit(late))).isInstanceOf(DeadlineExceededTelemetryException.class);
	}

	@Test
	void heldCallWhoseDeadlinePassesFailsAsLate() {
		this.engine.hold();
		CancellationSource request = new CancellationSource();
		CompletableFuture<ExportResult> outcome = submit(CallContext.builder().cancellation(request.token()).build());
		request.cancel(CancellationCause.DEADLINE);
		assertThat(failureOf(outcome)).isInstanceOf(DeadlineExceededTelemetryException.class);
	}

	@Test
	void resetEndsWhatWaitsAndForgets() {
		this.engine.hold();
		CompletableFuture<ExportResult> outcome = submit(CallContext.background());
		this.engine.reset();
		assertThat(failureOf(outcome)).isInstanceOf(CallCancelledTelemetryException.class);
		assertThat(this.engine.submissions()).isEmpty();
		assertThatThrownBy(this.engine::lastSubmission).isInstanceOf(AssertionError.class);
		assertThat(submit(CallContext.background())).isCompleted();
	}

	private CompletableFuture<ExportResult> submit(CallContext context) {
		return this.engine.submit(payload(), context);
	}

	private static TelemetryPayload payload() {
		return TelemetryPayload.of(Signal.LOGS, "abc".getBytes(StandardCharsets.UTF_8));
	}

	private static Throwable failureOf(CompletableFuture<ExportResult> outcome) {
		return assertThatExceptionOfType(ExecutionException.class).isThrownBy(outcome::get).actual().getCause();
	}

}
