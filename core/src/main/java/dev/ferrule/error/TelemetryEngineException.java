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

package dev.ferrule.error;

import java.io.Serializable;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import dev.ferrule.cancellation.CancellationCause;
import org.jspecify.annotations.Nullable;

/**
 * Failure of a telemetry call, with its kind, codes and delay. Carries no stack trace
 * where it completes a future, because the thread that delivers outcomes says nothing
 * about the caller.
 * <p>
 * Callers that only ask whether to try again catch {@link PermanentTelemetryException}
 * and {@link RetryableTelemetryException}: every failure is one of them.
 */
public class TelemetryEngineException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Wrappers to look through at most, as chains of causes can form a circle.
	 */
	private static final int MAX_WRAPPERS = 16;

	private final Failure failure;

	/**
	 * Creates the exception without stack trace.
	 * @param failure the facts
	 */
	protected TelemetryEngineException(Failure failure) {
		super(failure.message(), null, false, false);
		this.failure = failure;
	}

	/**
	 * Creates the exception with a stack trace.
	 * @param failure the facts
	 * @param cause what led to the failure, or {@code null}
	 */
	protected TelemetryEngineException(Failure failure, @Nullable Throwable cause) {
		super(failure.message(), cause);
		this.failure = failure;
	}

	/**
	 * Creates the exception (subclass) that fits the kind of a failure.
	 * @param failure the facts
	 * @return the exception, without stack trace
	 */
	public static TelemetryEngineException of(Failure failure) {
		return switch (failure.kind()) {
			case PERMANENT -> new PermanentTelemetryException(failure);
			case RETRYABLE -> new RetryableTelemetryException(failure);
			case CANCELLED -> new CallCancelledTelemetryException(failure);
			case TIMEOUT -> new DeadlineExceededTelemetryException(failure);
			case RESOURCE_EXHAUSTED -> new ThrottledTelemetryException(failure);
			case CONFIGURATION -> new ConfigurationTelemetryException(failure);
		};
	}

	/**
	 * Creates the exception (subclass) for a fault on this side of the engine, where the
	 * stack trace tells something: a bug, a setup that cannot work.
	 * @param failure the facts
	 * @param cause what led to the failure, or {@code null}
	 * @return the exception, with the stack trace of the caller
	 */
	public static TelemetryEngineException withStackTrace(Failure failure, @Nullable Throwable cause) {
		return switch (failure.kind()) {
			case PERMANENT -> new PermanentTelemetryException(failure, cause);
			case RETRYABLE -> new RetryableTelemetryException(failure, cause);
			case CANCELLED -> new CallCancelledTelemetryException(failure, cause);
			case TIMEOUT -> new DeadlineExceededTelemetryException(failure, cause);
			case RESOURCE_EXHAUSTED -> new ThrottledTelemetryException(failure, cause);
			case CONFIGURATION -> new ConfigurationTelemetryException(failure, cause);
		};
	}

	/**
	 * Finds the failure of a call in what a future or a proxy wrapped around it:
	 * {@link CompletionException}, {@link ExecutionException} and
	 * {@link UndeclaredThrowableException}. Exceptions of the application that have it as
	 * their cause are no wrappers: they mean something else.
	 * @param error any throwable
	 * @return the failure, or {@code null} if the throwable is not one
	 */
	public static @Nullable TelemetryEngineException find(Throwable error) {
		return (unwrap(error) instanceof TelemetryEngineException exception) ? exception : null;
	}

	static Throwable unwrap(Throwable error) {
		Throwable unwrapped = error;
		for (int i = 0; i < MAX_WRAPPERS && isWrapper(unwrapped); i++) {
			Throwable cause = unwrapped.getCause();
			if (cause == null) {
				break;
			}
			unwrapped = cause;
		}
		return unwrapped;
	}

	private static boolean isWrapper(Throwable error) {
		return error instanceof CompletionException || error instanceof ExecutionException
				|| error instanceof UndeclaredThrowableException;
	}

	/**
	 * Returns all facts of the failure.
	 * @return the failure
	 */
	public Failure failure() {
		return this.failure;
	}

	/**
	 * Returns the kind of the failure.
	 * @return the kind
	 */
	public ErrorKind kind() {
		return this.failure.kind();
	}

	/**
	 * Returns whether retrying cannot help.
	 * @return whether retrying cannot help
	 */
	public boolean isPermanent() {
		return this.failure.permanent();
	}

	/**
	 * Returns the gRPC code of the failure: the specific one, where the kind has room for
	 * one and it is an error code, else that of the kind. What goes on the wire may
	 * differ, see {@link ErrorTranslator}.
	 * @return the code, 1 to 16
	 */
	public int grpcCode() {
		return this.failure.effectiveGrpcCode();
	}

	/**
	 * Returns how long to wait before a retry, where the engine or the downstream said
	 * so.
	 * @return the delay, zero or more, or {@code null}
	 */
	public @Nullable Duration retryDelay() {
		return this.failure.retryDelay();
	}

	/**
	 * Returns what else the engine tells about the failure, such as the place of a
	 * mistake in a configuration. Read from JSON at each call.
	 * @return values by name, unmodifiable; empty if there are none or they are no JSON
	 * object
	 */
	public Map<String, Object> details() {
		return FailureDetails.members(this.failure.detailsJson());
	}

	/**
	 * Returns what the downstream told beside code, message and delay. Read from JSON at
	 * each call.
	 * @return its details in their order, unmodifiable
	 */
	public List<ErrorDetail> rpcDetails() {
		return FailureDetails.rpcDetails(this.failure.detailsJson());
	}

	/**
	 * The facts of a failure, as they crossed from the engine.
	 * <p>
	 * The kind decides. A {@link ErrorKind#RETRYABLE} with one of the codes that no retry
	 * can help with (3, 7, 12, 16) is {@link ErrorKind#PERMANENT}, and {@code permanent}
	 * always is what the kind says, whatever was passed.
	 *
	 * @param kind kind of the failure
	 * @param grpcCode specific gRPC code as it came, or 0 for the default of the kind
	 * @param httpStatus HTTP status of the answer, or 0 for the default
	 * @param downstreamHttpStatus status of a downstream that spoke HTTP, or 0
	 * @param permanent whether retrying cannot help
	 * @param retryDelay delay before a retry, or {@code null}; negative ones are dropped
	 * @param cause why a call was cancelled, or {@code null}
	 * @param deliveryUnknown whether the data may have been delivered all the same
	 * @param message cleaned, bounded message
	 * @param detailsJson details as JSON, or {@code null}
	 */
	public record Failure(ErrorKind kind, int grpcCode, int httpStatus, int downstreamHttpStatus, boolean permanent,
			@Nullable Duration retryDelay, @Nullable CancellationCause cause, boolean deliveryUnknown, String message,
			@Nullable String detailsJson) implements Serializable {

		private static final long serialVersionUID = 1L;

		/**
		 * Lets the kind decide.
		 */
		public Failure {
			Objects.requireNonNull(kind, "'kind' must not be null");
			Objects.requireNonNull(message, "'message' must not be null");
			if (kind == ErrorKind.RETRYABLE && GrpcCodes.forcesPermanent(grpcCode)) {
				kind = ErrorKind.PERMANENT;
			}
			permanent = kind.isPermanent();
			if (retryDelay != null && retryDelay.isNegative()) {
				retryDelay = null;
			}
		}

		/**
		 * A failure with the defaults of its kind.
		 * @param kind kind of the failure
		 * @param message message
		 * @return the failure
		 */
		public static Failure of(ErrorKind kind, String message) {
			return new Failure(kind, 0, 0, 0, kind.isPermanent(), null, null, false, message, null);
		}

		/**
		 * A cancelled call.
		 * @param cause why the call was cancelled
		 * @param message message
		 * @return the failure
		 */
		public static Failure cancelled(CancellationCause cause, String message) {
			return new Failure(ErrorKind.CANCELLED, 0, 0, 0, false, null, cause, false, message, null);
		}

		/**
		 * Returns this failure with a specific gRPC code.
		 * @param grpcCode specific code, or 0 for the default of the kind
		 * @return the failure
		 */
		public Failure withGrpcCode(int grpcCode) {
			return new Failure(this.kind, grpcCode, this.httpStatus, this.downstreamHttpStatus, this.permanent,
					this.retryDelay, this.cause, this.deliveryUnknown, this.message, this.detailsJson);
		}

		/**
		 * Returns this failure with the HTTP status that answers it.
		 * @param httpStatus status, or 0 for the default
		 * @return the failure
		 */
		public Failure withHttpStatus(int httpStatus) {
			return new Failure(this.kind, this.grpcCode, httpStatus, this.downstreamHttpStatus, this.permanent,
					this.retryDelay, this.cause, this.deliveryUnknown, this.message, this.detailsJson);
		}

		/**
		 * Returns this failure with a delay before a retry.
		 * @param retryDelay delay, or {@code null} for none
		 * @return the failure
		 */
		public Failure withRetryDelay(@Nullable Duration retryDelay) {
			return new Failure(this.kind, this.grpcCode, this.httpStatus, this.downstreamHttpStatus, this.permanent,
					retryDelay, this.cause, this.deliveryUnknown, this.message, this.detailsJson);
		}

		/**
		 * Returns the gRPC code that the kind leaves standing.
		 * @return the code, 1 to 16
		 */
		int effectiveGrpcCode() {
			boolean specific = this.kind == ErrorKind.PERMANENT || this.kind == ErrorKind.RETRYABLE;
			if (!specific || this.grpcCode == GrpcCodes.OK) {
				return this.kind.grpcCode();
			}
			return GrpcCodes.isKnown(this.grpcCode) ? this.grpcCode : GrpcCodes.UNKNOWN;
		}

	}

}
