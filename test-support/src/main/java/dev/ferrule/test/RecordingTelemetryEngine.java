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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TelemetryEngine} for tests: keeps what is submitted and answers as told.
 * Nothing native is loaded.
 * <p>
 * As with the engine, each call has exactly one outcome: a call under a context that is
 * cancelled or whose deadline has passed fails at once, one that is cancelled later fails
 * then, and cancelling the future ends the call. Unlike it, no limit applies, payloads
 * are not validated, every name of a pipeline is taken, a deadline that passes after the
 * submission ends nothing by itself, and the future completes on the thread that submits
 * or that ends the call.
 * <p>
 * Thread-safe.
 */
public final class RecordingTelemetryEngine implements TelemetryEngine {

	static final ExportResult DELIVERED = new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1);

	private static final Failure LATE = Failure.of(ErrorKind.TIMEOUT, "the deadline has passed");

	private final List<Submission> submissions = new CopyOnWriteArrayList<>();

	private volatile Consumer<Submission> answer = Submission::succeed;

	/**
	 * Answers each further submission with a success, as at the beginning.
	 */
	public void succeed() {
		answer(Submission::succeed);
	}

	/**
	 * Answers each further submission with a failure.
	 * @param failure the facts
	 */
	public void fail(Failure failure) {
		answer((submission) -> submission.fail(failure));
	}

	/**
	 * Lets each further submission wait until it is cancelled, or until the test ends it
	 * with a method of {@link Submission}.
	 */
	public void hold() {
		answer((submission) -> {
		});
	}

	/**
	 * Answers each further submission in a way of its own.
	 * @param answer is called on the thread that submits, and ends the submission now or
	 * later
	 */
	public void answer(Consumer<Submission> answer) {
		this.answer = answer;
	}

	/**
	 * Returns what was submitted, in order.
	 * @return a copy
	 */
	public List<Submission> submissions() {
		return List.copyOf(this.submissions);
	}

	/**
	 * Returns what was submitted last.
	 * @return the submission
	 * @throws AssertionError if nothing was submitted
	 */
	public Submission lastSubmission() {
		List<Submission> submissions = submissions();
		if (submissions.isEmpty()) {
			throw new AssertionError("Nothing was submitted to the engine");
		}
		return submissions.get(submissions.size() - 1);
	}

	/**
	 * Forgets what was submitted and answers with a success again. Calls that wait are
	 * cancelled as if the engine had stopped.
	 */
	public void reset() {
		succeed();
		List<Submission> open = submissions();
		this.submissions.removeAll(open);
		open.forEach((submission) -> submission.fail(cancelled(CancellationCause.SHUTDOWN)));
	}

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		return submit(null, payload, context);
	}

	private CompletableFuture<ExportResult> submit(@Nullable String pipeline, TelemetryPayload payload,
			CallContext context) {
		CompletableFuture<ExportResult> outcome = new CompletableFuture<>();
		Submission submission = new Submission(pipeline, payload.signal(), payload.encoding(), payload.coding(),
				bytes(payload), context, outcome);
		this.submissions.add(submission);
		CancellationToken.Registration registration = context.cancellation()
			.onCancel((cause) -> submission.fail(cancelled(cause)));
		outcome.handle((result, failure) -> {
			registration.close();
			return null;
		});
		Deadline deadline = context.deadline();
		if (deadline != null && deadline.remainingNanos() <= 0) {
			submission.fail(LATE);
		}
		if (!submission.isDone()) {
			this.answer.accept(submission);
		}
		return outcome;
	}

	private static Failure cancelled(CancellationCause cause) {
		return (cause == CancellationCause.DEADLINE) ? LATE : Failure.cancelled(cause, "cancelled: " + cause);
	}

	private static byte[] bytes(TelemetryPayload payload) {
		byte[] bytes = new byte[payload.size()];
		PayloadBuffer buffer = payload.payloadBuffer();
		if (buffer == null) {
			payload.copyTo(ByteBuffer.wrap(bytes), 0);
		}
		else {
			buffer.buffer().get(0, bytes);
			buffer.close();
		}
		return bytes;
	}

	@Override
	public PayloadBuffer reserve(int size) {
		return new RecordingPayloadBuffer(size);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return new PipelineView(name);
	}

	private final class PipelineView implements TelemetryEngine {

		private final String name;

		PipelineView(String name) {
			this.name = name;
		}

		@Override
		public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
			return RecordingTelemetryEngine.this.submit(this.name, payload, context);
		}

		@Override
		public PayloadBuffer reserve(int size) {
			return RecordingTelemetryEngine.this.reserve(size);
		}

		@Override
		public TelemetryEngine pipeline(String name) {
			return RecordingTelemetryEngine.this.pipeline(name);
		}

	}

	private static final class RecordingPayloadBuffer implements PayloadBuffer {

		private @Nullable ByteBuffer memory;

		RecordingPayloadBuffer(int size) {
			this.memory = ByteBuffer.allocateDirect(size);
		}

		@Override
		public ByteBuffer buffer() {
			ByteBuffer memory = this.memory;
			if (memory == null) {
				throw new IllegalStateException("The buffer was submitted or closed");
			}
			return memory;
		}

		@Override
		public void close() {
			this.memory = null;
		}

	}

}
