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
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A failure in the form in which it goes on the wire, independent of the protocol.
 *
 * @param kind kind of the failure
 * @param grpcCode gRPC code, 1 to 16
 * @param httpStatus HTTP status
 * @param permanent whether retrying cannot help
 * @param retryInfo delay for google.rpc.RetryInfo, full precision, or {@code null}
 * @param retryAfterSeconds value of Retry-After in seconds, or {@code null} for no header
 * @param originalGrpcCode code that the kind overruled, for google.rpc.ErrorInfo, or 0
 * @param message message for the client
 * @param details what the downstream told beside code, message and delay
 */
public record TranslatedError(ErrorKind kind, int grpcCode, int httpStatus, boolean permanent,
		@Nullable Duration retryInfo, @Nullable Integer retryAfterSeconds, int originalGrpcCode, String message,
		List<ErrorDetail> details) {

	/**
	 * Copies the details.
	 */
	public TranslatedError {
		details = List.copyOf(details);
	}

	/**
	 * Creates an error without details.
	 * @param kind kind of the failure
	 * @param grpcCode gRPC code, 1 to 16
	 * @param httpStatus status over HTTP
	 * @param permanent whether retrying cannot help
	 * @param retryInfo delay for google.rpc.RetryInfo, or {@code null}
	 * @param retryAfterSeconds value of Retry-After in seconds, or {@code null}
	 * @param originalGrpcCode code that the kind overruled, or 0
	 * @param message message for the client
	 */
	public TranslatedError(ErrorKind kind, int grpcCode, int httpStatus, boolean permanent,
			@Nullable Duration retryInfo, @Nullable Integer retryAfterSeconds, int originalGrpcCode, String message) {
		this(kind, grpcCode, httpStatus, permanent, retryInfo, retryAfterSeconds, originalGrpcCode, message, List.of());
	}

	/**
	 * Returns this error with another message.
	 * @param message message for the client
	 * @return the error
	 */
	public TranslatedError withMessage(String message) {
		return new TranslatedError(this.kind, this.grpcCode, this.httpStatus, this.permanent, this.retryInfo,
				this.retryAfterSeconds, this.originalGrpcCode, message, this.details);
	}

}
