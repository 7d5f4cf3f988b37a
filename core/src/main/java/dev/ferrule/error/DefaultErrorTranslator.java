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
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Error translator by which a client on HTTP and a client on gRPC draw the same
 * conclusion: both retry if and only if the failure is not permanent. Only a client that
 * left is an exception; nobody reads its answer.
 */
final class DefaultErrorTranslator implements ErrorTranslator {

	static final Duration DEFAULT_THROTTLE_DELAY = Duration.ofSeconds(1);

	/**
	 * What HTTP knows as the latest delay, RFC 9111 section 1.2.2.
	 */
	private static final int MAX_RETRY_AFTER_SECONDS = Integer.MAX_VALUE;

	private final Duration throttleDelay;

	DefaultErrorTranslator(Duration throttleDelay) {
		if (throttleDelay.isNegative() || throttleDelay.isZero()) {
			throw new IllegalArgumentException("The delay for throttled clients must be positive");
		}
		this.throttleDelay = throttleDelay;
	}

	@Override
	public TranslatedError translate(Throwable error) {
		Throwable unwrapped = TelemetryEngineException.unwrap(error);
		if (unwrapped instanceof TelemetryEngineException exception) {
			return translate(exception.failure());
		}
		if (unwrapped instanceof CancellationException) {
			return translate(Failure.cancelled(CancellationCause.APPLICATION, ""));
		}
		if (unwrapped instanceof TimeoutException) {
			return translate(Failure.of(ErrorKind.TIMEOUT, ""));
		}
		// The message may tell more about the application than a client should know
		return translate(Failure.of(ErrorKind.PERMANENT, "Internal error"));
	}

	private TranslatedError translate(Failure failure) {
		boolean clientGone = isClientGone(failure);
		ErrorKind kind = (failure.kind() == ErrorKind.CANCELLED && !clientGone) ? ErrorKind.RETRYABLE : failure.kind();
		boolean permanent = kind.isPermanent();
		int grpcCode = wireGrpcCode(failure, kind);
		int httpStatus = clientGone ? HttpCodes.CLIENT_CLOSED_REQUEST : httpStatus(failure, kind, grpcCode);
		Duration retryInfo = (permanent || clientGone) ? null : retryInfo(failure, grpcCode);
		return new TranslatedError(kind, grpcCode, httpStatus, permanent, retryInfo,
				retryAfterSeconds(httpStatus, retryInfo), originalGrpcCode(failure, grpcCode), message(failure, kind),
				clientGone ? List.of() : FailureDetails.rpcDetails(failure.detailsJson()));
	}

	private static boolean isClientGone(Failure failure) {
		return failure.kind() == ErrorKind.CANCELLED && failure.cause() == CancellationCause.CLIENT;
	}

	private static int wireGrpcCode(Failure failure, ErrorKind kind) {
		// The kind wins where the code would tell the client the opposite
		if (failure.kind() == ErrorKind.CANCELLED && kind == ErrorKind.RETRYABLE) {
			return (failure.cause() == CancellationCause.DOWNSTREAM) ? GrpcCodes.CANCELLED : GrpcCodes.UNAVAILABLE;
		}
		int code = failure.effectiveGrpcCode();
		if (kind == ErrorKind.PERMANENT && GrpcCodes.isRetryable(code)) {
			return GrpcCodes.INTERNAL;
		}
		if (kind == ErrorKind.RETRYABLE && !GrpcCodes.isRetryable(code) && code != GrpcCodes.RESOURCE_EXHAUSTED) {
			return GrpcCodes.UNAVAILABLE;
		}
		return code;
	}

	private static int originalGrpcCode(Failure failure, int grpcCode) {
		// A code is worth mentioning where it neither is on the wire nor the default
		// of the kind
		int code = failure.grpcCode();
		return (code == GrpcCodes.OK || code == grpcCode || code == failure.kind().grpcCode()) ? 0 : code;
	}

	private static int httpStatus(Failure failure, ErrorKind kind, int grpcCode) {
		// An explicit status comes first, then that of the downstream, where they mean
		// the same to the client as the error does
		int status = GrpcCodes.toHttpStatus(grpcCode, kind.isPermanent());
		if (failure.httpStatus() != status && means(failure.httpStatus(), kind)) {
			return failure.httpStatus();
		}
		boolean downstreamDecided = switch (failure.kind()) {
			case PERMANENT, RETRYABLE, RESOURCE_EXHAUSTED -> true;
			case CANCELLED, TIMEOUT, CONFIGURATION -> false;
		};
		if (!downstreamDecided || !means(failure.downstreamHttpStatus(), kind)) {
			return status;
		}
		return (failure.downstreamHttpStatus() == HttpCodes.CLIENT_CLOSED_REQUEST) ? HttpCodes.INTERNAL_SERVER_ERROR
				: failure.downstreamHttpStatus();
	}

	private static boolean means(int httpStatus, ErrorKind kind) {
		return httpStatus >= 400 && httpStatus <= 599 && isRetryableHttpStatus(httpStatus) != kind.isPermanent();
	}

	private static boolean isRetryableHttpStatus(int httpStatus) {
		return switch (httpStatus) {
			case 429, 502, 503, 504 -> true;
			default -> false;
		};
	}

	private @Nullable Duration retryInfo(Failure failure, int grpcCode) {
		// A client on gRPC drops what was refused as RESOURCE_EXHAUSTED unless there
		// is RetryInfo, so there always is
		Duration delay = failure.retryDelay();
		if (grpcCode == GrpcCodes.RESOURCE_EXHAUSTED) {
			return (delay != null) ? delay : this.throttleDelay;
		}
		return (delay != null && !delay.isZero()) ? delay : null;
	}

	private static @Nullable Integer retryAfterSeconds(int httpStatus, @Nullable Duration retryInfo) {
		if (retryInfo == null || retryInfo.isZero() || (httpStatus != 429 && httpStatus != 503)) {
			return null;
		}
		long seconds = retryInfo.toSeconds();
		if (seconds >= MAX_RETRY_AFTER_SECONDS) {
			return MAX_RETRY_AFTER_SECONDS;
		}
		return (int) ((retryInfo.toNanosPart() > 0) ? seconds + 1 : seconds);
	}

	private static String message(Failure failure, ErrorKind kind) {
		String message = ErrorMessages.clean(failure.message());
		if (!message.isEmpty()) {
			return message;
		}
		if (failure.kind() == ErrorKind.CANCELLED) {
			return "Call cancelled";
		}
		return switch (kind) {
			case PERMANENT -> "Internal error";
			case RETRYABLE -> "Temporarily unavailable";
			case CANCELLED -> "Call cancelled";
			case TIMEOUT -> "Deadline exceeded";
			case RESOURCE_EXHAUSTED -> "Too many requests";
			case CONFIGURATION -> "Not served as configured";
		};
	}

}
