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

import java.time.Duration;

import dev.ferrule.cancellation.CancellationCause;
import org.jspecify.annotations.Nullable;

/**
 * A failed telemetry call. Carries no stack trace where it completes a future, because the
 * thread that delivers outcomes says nothing about the caller.
 */
public class TelemetryEngineException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception (subclass) that fits the kind of a failure.
	 * @param failure the facts
	 * @return the exception, without stack trace
	 */
	public static TelemetryEngineException of(Failure failure) {
		throw new UnsupportedOperationException("skeleton");
	}

	protected TelemetryEngineException(Failure failure) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns all facts of the failure.
	 * @return the failure
	 */
	public Failure failure() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * The facts of a failure, as they crossed from the engine.
	 *
	 * @param kind kind of the failure
	 * @param grpcCode specific gRPC code, or 0 for the default of the kind
	 * @param httpStatus HTTP status of the answer, or 0 for the default
	 * @param downstreamHttpStatus status of a downstream that spoke HTTP, or 0
	 * @param permanent whether retrying cannot help
	 * @param retryDelay delay before a retry, or {@code null}
	 * @param cause why a call was cancelled, or {@code null}
	 * @param deliveryUnknown whether the data may have been delivered all the same
	 * @param message cleaned, bounded message
	 * @param detailsJson details as JSON, or {@code null}
	 */
	public record Failure(ErrorKind kind, int grpcCode, int httpStatus, int downstreamHttpStatus, boolean permanent,
			@Nullable Duration retryDelay, @Nullable CancellationCause cause, boolean deliveryUnknown, String message,
			@Nullable String detailsJson) {

		/**
		 * A failure with the defaults of its kind.
		 * @param kind kind of the failure
		 * @param message message
		 * @return the failure
		 */
		public static Failure of(ErrorKind kind, String message) {
			return new Failure(kind, 0, 0, 0, kind.isPermanent(), null, null, false, message, null);
		}

	}

}
