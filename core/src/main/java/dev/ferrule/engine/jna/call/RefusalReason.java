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

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.HttpCodes;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Reason for which a submission or reservation was refused. A refusal crosses as one
 * number: kind in bits 0 to 7, reason in bits 8 to 15, retry delay in milliseconds in
 * bits 16 to 47.
 */
public enum RefusalReason {

	/** The lane of the pipeline is full. */
	LANE_FULL(RefusalCodes.LANE_FULL, ErrorKind.RESOURCE_EXHAUSTED,
			"The pipeline's lane is full. Retry later, or raise ferrule.engine.lane-capacity."),

	/** As many calls as allowed are in flight. */
	TOO_MANY_CALLS(RefusalCodes.TOO_MANY_CALLS, ErrorKind.RESOURCE_EXHAUSTED,
			"Too many calls are in flight. Retry later, or raise ferrule.engine.max-in-flight."),

	/** The byte budget is used up. */
	BYTE_BUDGET(RefusalCodes.BYTE_BUDGET, ErrorKind.RESOURCE_EXHAUSTED,
			"The payloads in flight take all the memory they may take. Retry later, "
					+ "or raise ferrule.engine.max-payload-size."),

	/** The pipeline has no running instance. */
	NOT_READY(RefusalCodes.NOT_READY, ErrorKind.RETRYABLE, "The pipeline is starting or restarting. Retry later."),

	/** The engine drains. */
	STOPPING(RefusalCodes.STOPPING, ErrorKind.RETRYABLE, "The engine is stopping and takes no more calls."),

	/** The handle is of an engine that is gone. */
	STALE_HANDLE(RefusalCodes.STALE_HANDLE, ErrorKind.RETRYABLE, "The engine is stopped."),

	/** The frame breaks its layout. */
	MALFORMED_FRAME(RefusalCodes.MALFORMED_FRAME, ErrorKind.CONFIGURATION, "The engine could not read the submission."),

	/** The frame is of another version of the interface. */
	WRONG_VERSION(RefusalCodes.WRONG_VERSION, ErrorKind.CONFIGURATION,
			"The native library is of another version than this starter. Use the library that came with it."),

	/** A live call has the same id. */
	DUPLICATE_CALL(RefusalCodes.DUPLICATE_CALL, ErrorKind.CONFIGURATION, "A call with this id is in flight already."),

	/** The index of the pipeline is out of range. */
	UNKNOWN_PIPELINE(RefusalCodes.UNKNOWN_PIPELINE, ErrorKind.CONFIGURATION, "The engine has no such pipeline."),

	/** The payload handle is stale. */
	UNKNOWN_PAYLOAD(RefusalCodes.UNKNOWN_PAYLOAD, ErrorKind.CONFIGURATION,
			"The payload's memory was submitted or given back before."),

	/** The engine's memory limiter sheds load. */
	MEMORY_PRESSURE(RefusalCodes.MEMORY_PRESSURE, ErrorKind.RESOURCE_EXHAUSTED,
			"The process is short of memory. Retry later."),

	/** A panic of the engine. */
	INTERNAL(RefusalCodes.INTERNAL, ErrorKind.PERMANENT, "The engine failed while taking the call in, see the log."),

	/** No time was left. */
	EXPIRED(RefusalCodes.EXPIRED, ErrorKind.TIMEOUT, "The deadline had passed before the engine took the call in."),

	/** The payload exceeds the whole byte budget. */
	PAYLOAD_TOO_LARGE(RefusalCodes.PAYLOAD_TOO_LARGE, ErrorKind.PERMANENT,
			"The payload is larger than all payloads together may be. Send smaller ones, "
					+ "or raise ferrule.engine.max-payload-size."),

	/** The engine gave up. */
	ENDED(RefusalCodes.ENDED, ErrorKind.RETRYABLE,
			"The engine ended by itself and takes no calls until the application is restarted.");

	private final int code;

	private final ErrorKind kind;

	private final String message;

	RefusalReason(int code, ErrorKind kind, String message) {
		this.code = code;
		this.kind = kind;
		this.message = message;
	}

	int code() {
		return this.code;
	}

	public String message() {
		return this.message;
	}

	/**
	 * Returns the exception of a refusal that was decided without asking the engine.
	 * @param retryDelay delay before a retry, or {@code null}
	 * @return the exception to complete a future with
	 */
	public TelemetryEngineException exception(@Nullable Duration retryDelay) {
		return exception(this.kind, retryDelay);
	}

	/**
	 * Returns the exception of a refusal by the engine.
	 * @param refusal number that the engine returned, not 0
	 * @param statistics counts reasons of a newer engine
	 * @return the exception to complete a future with
	 */
	public static TelemetryEngineException exception(long refusal, CallStatistics statistics) {
		ErrorKind kind = ErrorKind.fromCode((int) (refusal & 0xFF));
		int code = (int) (refusal >>> 8 & 0xFF);
		long delayMillis = refusal >>> 16 & 0xFFFF_FFFFL;
		Duration retryDelay = (delayMillis != 0) ? Duration.ofMillis(delayMillis) : null;
		for (RefusalReason reason : values()) {
			if (reason.code == code) {
				return reason.exception(kind, retryDelay);
			}
		}
		statistics.degradedError();
		return TelemetryEngineException
			.of(Failure.of(kind, "The engine refused the call for reason " + code + ".").withRetryDelay(retryDelay));
	}

	private TelemetryEngineException exception(ErrorKind kind, @Nullable Duration retryDelay) {
		Failure failure = failure(kind, retryDelay);
		boolean unavailable = this == NOT_READY || isShutdown();
		return (unavailable && kind == ErrorKind.RETRYABLE) ? new EngineUnavailableException(failure)
				: TelemetryEngineException.of(failure);
	}

	private boolean isShutdown() {
		return this == STOPPING || this == STALE_HANDLE || this == ENDED;
	}

	private Failure failure(ErrorKind kind, @Nullable Duration retryDelay) {
		boolean tooLarge = this == PAYLOAD_TOO_LARGE;
		return new Failure(kind, tooLarge ? GrpcCodes.RESOURCE_EXHAUSTED : 0,
				tooLarge ? HttpCodes.CONTENT_TOO_LARGE : 0, 0, kind.isPermanent(), retryDelay,
				isShutdown() ? CancellationCause.SHUTDOWN : null, false, this.message, null);
	}

}
