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
 * Kind of a failure, one of six. Numbers, gRPC codes and HTTP codes are the same in the
 * engine.
 */
public enum ErrorKind {

	/** Retrying cannot help. */
	PERMANENT(1, GrpcCodes.INTERNAL, HttpCodes.INTERNAL_SERVER_ERROR, true),

	/** Retrying may help. */
	RETRYABLE(2, GrpcCodes.UNAVAILABLE, 503, false),

	/** The call was cancelled. */
	CANCELLED(3, GrpcCodes.CANCELLED, HttpCodes.CLIENT_CLOSED_REQUEST, false),

	/** The deadline passed. */
	TIMEOUT(4, GrpcCodes.DEADLINE_EXCEEDED, 504, false),

	/** A limit was reached; retrying later may help. */
	RESOURCE_EXHAUSTED(5, GrpcCodes.RESOURCE_EXHAUSTED, 429, false),

	/** The request cannot be served as configured. */
	CONFIGURATION(6, GrpcCodes.INVALID_ARGUMENT, HttpCodes.BAD_REQUEST, true);

	private static final ErrorKind[] VALUES = values();

	private final int code;

	private final int grpcCode;

	private final int httpStatus;

	private final boolean permanent;

	ErrorKind(int code, int grpcCode, int httpStatus, boolean permanent) {
		this.code = code;
		this.grpcCode = grpcCode;
		this.httpStatus = httpStatus;
		this.permanent = permanent;
	}

	/**
	 * Returns the number that crosses the native interface.
	 * @return the number, 1 to 6
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Returns the default gRPC status code.
	 * @return the code, 1 to 16
	 */
	public int grpcCode() {
		return this.grpcCode;
	}

	/**
	 * Returns the default HTTP status.
	 * @return the status
	 */
	public int httpStatus() {
		return this.httpStatus;
	}

	/**
	 * Returns whether retrying cannot help.
	 * @return whether retrying cannot help
	 */
	public boolean isPermanent() {
		return this.permanent;
	}

	/**
	 * Returns the kind with the given number.
	 * @param code number from the engine
	 * @return the kind, {@link #PERMANENT} for numbers of a newer engine
	 */
	public static ErrorKind fromCode(int code) {
		for (ErrorKind kind : VALUES) {
			if (kind.code == code) {
				return kind;
			}
		}
		return PERMANENT;
	}

}
