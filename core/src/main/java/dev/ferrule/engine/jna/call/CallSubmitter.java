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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.ferrule.SafeLog;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.FrameBuffer;
import dev.ferrule.engine.jna.abi.FrameBufferPool;
import dev.ferrule.engine.jna.abi.FrameEncoder;
import dev.ferrule.engine.jna.abi.TimeLimits;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Submission of calls to the engine. No lock, no wait; on the heap only the future.
 *
 * <p>
 * Order: the call enters the table, then the engine is asked, then the token is observed.
 * The outcome may arrive at any moment after the second step, a cancellation cannot be
 * missed because observing a cancelled token cancels at once.
 */
public final class CallSubmitter implements CallOwner {

	/** Index that no pipeline has: none takes calls. */
	public static final int NO_PIPELINE = -1;

	/** Delay for refusals that are decided here. */
	public static final Duration RETRY_DELAY = Duration.ofSeconds(1);

	private final EngineHandle engine;

	private final CallTable calls;

	private final CallGate admission;

	private final CallStatistics statistics;

	private final FrameBufferPool buffers;

	private final CallListeners listeners;

	private final CancellationSender cancellations;

	private final TimeLimits limits;

	private final LongSupplier ticker;

	private final SafeLog log = SafeLog.limited(CallSubmitter.class);

	public CallSubmitter(EngineHandle engine, CallTable calls, CallGate admission, CallStatistics statistics,
			CallListeners listeners, CancellationSender cancellations, TimeLimits limits, LongSupplier ticker) {
		this.engine = engine;
		this.calls = calls;
		this.admission = admission;
		this.statistics = statistics;
		this.buffers = new FrameBufferPool(engine.api());
		this.listeners = listeners;
		this.cancellations = cancellations;
		this.limits = limits;
		this.ticker = ticker;
	}

	/**
	 * Submits a payload.
	 * @param payload what to process
	 * @param context context of the call
	 * @param pipeline index of the pipeline, or {@link #NO_PIPELINE}
	 * @return completes with the outcome
	 * @throws IllegalArgumentException if the payload is in memory of another engine
	 * @throws IllegalStateException if the payload was submitted or closed before
	 */
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context, int pipeline) {
		Objects.requireNonNull(context, "'context' must not be null");
		NativePayloadBuffer buffer = NativePayloadBuffer.of(payload, this.engine);
		long reserved = (buffer != null) ? buffer.take() : 0;
		boolean handedOver = false;
		FrameBuffer frame = null;
		this.statistics.submitted(payload.size());
		try {
			TelemetryEngineException refusal = refusal(context, pipeline);
			if (refusal != null) {
				return failed(payload, pipeline, context, refusal);
			}
			frame = this.buffers.acquire();
			if (reserved == 0 && payload.size() > FrameEncoder.INLINE_LIMIT) {
				reserved = reserve(payload.size(), frame);
				payload.copyTo(this.engine.api().memoryAt(frame.buffer().getLong(0), payload.size()), 0);
			}
			int length = FrameEncoder.encode(frame, context, payload, reserved, pipeline);
			EngineCall call = register(frame, context, payload, pipeline);
			handedOver = true;
			return enter(call, frame, length, context.cancellation());
		}
		catch (TelemetryEngineException ex) {
			return failed(payload, pipeline, context, ex);
		}
		catch (OutOfMemoryError ex) {
			return failed(payload, pipeline, context, RefusalReason.MEMORY_PRESSURE.exception(RETRY_DELAY));
		}
		catch (RuntimeException | Error ex) {
			unexpected(ex);
			return failed(payload, pipeline, context, RefusalReason.INTERNAL.exception(null));
		}
		finally {
			if (frame != null) {
				this.buffers.release(frame);
			}
			if (reserved != 0 && !handedOver) {
				this.engine.api().payloadRelease(this.engine.value(), reserved);
			}
			if (buffer != null) {
				this.engine.release();
			}
		}
	}

	/**
	 * Reserves memory in the engine.
	 * @param size bytes, 0 or more
	 * @return the memory
	 * @throws TelemetryEngineException if the engine refuses
	 */
	PayloadBuffer reserve(int size) {
		RefusalReason closed = this.admission.refusal();
		if (closed != null) {
			throw closed.exception(RETRY_DELAY);
		}
		if (!this.engine.retain()) {
			throw RefusalReason.STALE_HANDLE.exception(RETRY_DELAY);
		}
		FrameBuffer frame = this.buffers.acquire();
		long payload = 0;
		boolean wrapped = false;
		try {
			payload = reserve(size, frame);
			PayloadBuffer buffer = NativePayloadBuffer.of(this.engine, payload, frame.buffer().getLong(0), size);
			wrapped = true;
			return buffer;
		}
		finally {
			this.buffers.release(frame);
			if (!wrapped) {
				if (payload != 0) {
					this.engine.api().payloadRelease(this.engine.value(), payload);
				}
				this.engine.release();
			}
		}
	}

	/**
	 * Cancels all calls, also those that are just entering.
	 * @param cause why
	 */
	public void cancelAll(CancellationCause cause) {
		this.admission.cancelAll(cause);
		this.calls.forEach((call) -> cancel(call, cause));
	}

	@Override
	public void cancel(EngineCall call, CancellationCause cause) {
		this.cancellations.cancel(call.id(), cause);
	}

	@Override
	public void ended(EngineCall call) {
		this.listeners.ended(call);
		this.calls.leave(call);
	}

	private @Nullable TelemetryEngineException refusal(CallContext context, int pipeline) {
		RefusalReason closed = this.admission.refusal();
		if (closed != null) {
			return closed.exception(RETRY_DELAY);
		}
		if (pipeline == NO_PIPELINE) {
			return RefusalReason.UNKNOWN_PIPELINE.exception(null);
		}
		CancellationToken token = context.cancellation();
		if (token.isCancelled()) {
			CancellationCause cause = token.cause();
			if (cause == CancellationCause.DEADLINE) {
				return RefusalReason.EXPIRED.exception(null);
			}
			return TelemetryEngineException
				.of(Failure.cancelled((cause != null) ? cause : CancellationCause.APPLICATION,
						"The call was cancelled before it began."));
		}
		return (this.limits.remaining(context) <= 0) ? RefusalReason.EXPIRED.exception(null) : null;
	}

	private long reserve(int size, FrameBuffer frame) {
		// Reserves memory, whose address is then at the start of the frame buffer
		long payload = this.engine.api().payloadReserve(this.engine.value(), size, frame.address());
		if (payload <= 0) {
			throw RefusalReason.exception(-payload, this.statistics);
		}
		return payload;
	}

	private EngineCall register(FrameBuffer frame, CallContext context, TelemetryPayload payload, int pipeline) {
		long remaining = this.limits.remaining(context);
		if (remaining <= 0) {
			throw RefusalReason.EXPIRED.exception(null);
		}
		long now = this.ticker.getAsLong();
		EngineCall call = new EngineCall(this, context, now + remaining, payload, pipeline);
		if (!this.calls.register(call, now)) {
			throw RefusalReason.TOO_MANY_CALLS.exception(RETRY_DELAY);
		}
		long unixNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) + remaining;
		FrameEncoder.patch(frame, call.id(), remaining, unixNanos);
		return call;
	}

	private EngineCall enter(EngineCall call, FrameBuffer frame, int length, CancellationToken token) {
		TelemetryEngineException refusal = downcall(frame, length);
		try {
			if (refusal == null) {
				call.observe(token);
				CancellationCause cause = this.admission.cancelAll();
				if (cause != null) {
					cancel(call, cause);
				}
			}
			else if (this.calls.take(call)) {
				this.statistics.failed(refusal.failure().kind());
				call.fail(MeasuredFailure.atOnce(refusal));
				call.run();
			}
		}
		catch (RuntimeException | Error ex) {
			// The call has its outcome or gets it from the engine
			unexpected(ex);
		}
		return call;
	}

	private @Nullable TelemetryEngineException downcall(FrameBuffer frame, int length) {
		try {
			long result = this.engine.api().engineSubmit(this.engine.value(), frame.address(), length);
			return (result == 0) ? null : RefusalReason.exception(result, this.statistics);
		}
		catch (RuntimeException | Error ex) {
			unexpected(ex);
			return RefusalReason.INTERNAL.exception(null);
		}
	}

	private CompletableFuture<ExportResult> failed(TelemetryPayload payload, int pipeline, CallContext context,
			TelemetryEngineException failure) {
		this.statistics.failed(failure.failure().kind());
		try {
			ContextCancellation.ifExpired(context);
		}
		catch (Throwable ex) {
			unexpected(ex);
		}
		this.listeners.refused(payload, pipeline, context, failure);
		return CompletableFuture.failedFuture(failure);
	}

	private void unexpected(Throwable ex) {
		this.log.error("A submission failed unexpectedly", ex);
	}

}
