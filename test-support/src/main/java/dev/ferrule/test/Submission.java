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

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What was submitted to a {@link RecordingTelemetryEngine}. Thread-safe.
 */
public final class Submission {

	private final @Nullable String pipeline;

	private final Signal signal;

	private final PayloadEncoding encoding;

	private final ContentCoding coding;

	private final byte[] bytes;

	private final CallContext context;

	private final CompletableFuture<ExportResult> outcome;

	Submission(@Nullable String pipeline, Signal signal, PayloadEncoding encoding, ContentCoding coding, byte[] bytes,
			CallContext context, CompletableFuture<ExportResult> outcome) {
		this.pipeline = pipeline;
		this.signal = signal;
		this.encoding = encoding;
		this.coding = coding;
		this.bytes = bytes;
		this.context = context;
		this.outcome = outcome;
	}

	/**
	 * Returns the pipeline that the view submits to through which the call came.
	 * @return the name as passed to {@link RecordingTelemetryEngine#pipeline(String)}, or
	 * {@code null} without
	 */
	public @Nullable String pipeline() {
		return this.pipeline;
	}

	/**
	 * Returns what the payload holds.
	 * @return the signal
	 */
	public Signal signal() {
		return this.signal;
	}

	/**
	 * Returns how the payload is encoded after decompression.
	 * @return the encoding
	 */
	public PayloadEncoding encoding() {
		return this.encoding;
	}

	/**
	 * Returns how the payload is compressed.
	 * @return the coding
	 */
	public ContentCoding coding() {
		return this.coding;
	}

	/**
	 * Returns the payload as submitted: not decompressed, not validated.
	 * @return a copy
	 */
	public byte[] bytes() {
		return this.bytes.clone();
	}

	/**
	 * Returns the context under which the payload was submitted.
	 * @return the context
	 */
	public CallContext context() {
		return this.context;
	}

	/**
	 * Returns whether the caller has its outcome, cancellation included.
	 * @return whether the call has ended
	 */
	public boolean isDone() {
		return this.outcome.isDone();
	}

	/**
	 * Ends the call with a success, if it has not ended yet.
	 * @return whether this was the outcome
	 */
	public boolean succeed() {
		return succeed(RecordingTelemetryEngine.DELIVERED);
	}

	/**
	 * Ends the call with a result, if it has not ended yet.
	 * @param result the result
	 * @return whether this was the outcome
	 */
	public boolean succeed(ExportResult result) {
		return this.outcome.complete(result);
	}

	/**
	 * Ends the call with a failure, if it has not ended yet.
	 * @param failure the facts; the caller sees the exception that fits its kind
	 * @return whether this was the outcome
	 */
	public boolean fail(Failure failure) {
		return this.outcome.completeExceptionally(TelemetryEngineException.of(failure));
	}

	/**
	 * Describes the submission without payload and context.
	 */
	@Override
	public String toString() {
		return "Submission[pipeline=" + this.pipeline + ", signal=" + this.signal + ", encoding=" + this.encoding
				+ ", coding=" + this.coding + ", size=" + this.bytes.length + "]";
	}

}
