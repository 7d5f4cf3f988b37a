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

/**
 * Numbers of the gRPC status codes, for {@link TelemetryEngineException.Failure} where
 * gRPC itself is not there, and what they mean to OTLP clients and on HTTP.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#failures">OTLP, failures</a>
 */
public final class GrpcCodes {

	/** Success; no code of a failure. */
	public static final int OK = 0;

	/** The call was cancelled. */
	public static final int CANCELLED = 1;

	/** A failure that says nothing more. */
	public static final int UNKNOWN = 2;

	/** The request is wrong, whatever the state of the server. */
	public static final int INVALID_ARGUMENT = 3;

	/** The deadline passed. */
	public static final int DEADLINE_EXCEEDED = 4;

	/** Something that the request names does not exist. */
	public static final int NOT_FOUND = 5;

	/** Something that the request creates exists. */
	public static final int ALREADY_EXISTS = 6;

	/** The client is known and may not do this. */
	public static final int PERMISSION_DENIED = 7;

	/** A limit was reached. */
	public static final int RESOURCE_EXHAUSTED = 8;

	/** The server is not in the state that the request needs. */
	public static final int FAILED_PRECONDITION = 9;

	/** The call lost against another one. */
	public static final int ABORTED = 10;

	/** The request goes beyond a valid range. */
	public static final int OUT_OF_RANGE = 11;

	/** The server does not serve this. */
	public static final int UNIMPLEMENTED = 12;

	/** The server has a fault. */
	public static final int INTERNAL = 13;

	/** The server cannot serve now. */
	public static final int UNAVAILABLE = 14;

	/** Data is lost or corrupt. */
	public static final int DATA_LOSS = 15;

	/** The client has no valid credentials. */
	public static final int UNAUTHENTICATED = 16;

	private GrpcCodes() {
	}

	/**
	 * Returns whether a number is an error code that gRPC defines.
	 * @param code any number
	 * @return whether the number is 1 to 16
	 */
	public static boolean isKnown(int code) {
		return code > OK && code <= UNAUTHENTICATED;
	}

	/**
	 * Returns whether a code says that no retry can help, even if the kind does not.
	 * @param code gRPC code
	 * @return whether the code overrules {@link ErrorKind#RETRYABLE}
	 */
	static boolean forcesPermanent(int code) {
		return switch (code) {
			case INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED -> true;
			default -> false;
		};
	}

	/**
	 * Returns whether OTLP clients retry after a code, whatever else the answer holds.
	 * RESOURCE_EXHAUSTED is not among them: it is retried only with RetryInfo.
	 * @param code gRPC code
	 * @return whether the code is retryable
	 */
	static boolean isRetryable(int code) {
		return switch (code) {
			case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS -> true;
			default -> false;
		};
	}

	/**
	 * Returns the HTTP status for a code. Statuses are those of the OpenTelemetry
	 * Collector where these keep the retryability, which google.rpc.Code's do not.
	 * @param code gRPC code, 1 to 16
	 * @param permanent whether retrying cannot help
	 * @return the status; retryable for OTLP clients if and only if not permanent
	 */
	static int toHttpStatus(int code, boolean permanent) {
		if (permanent) {
			return switch (code) {
				case INVALID_ARGUMENT -> 400;
				case PERMISSION_DENIED -> 403;
				case RESOURCE_EXHAUSTED -> 413;
				case UNIMPLEMENTED -> 404;
				case UNAUTHENTICATED -> 401;
				default -> 500;
			};
		}
		return switch (code) {
			case DEADLINE_EXCEEDED -> 504;
			case RESOURCE_EXHAUSTED -> 429;
			default -> 503;
		};
	}

}
