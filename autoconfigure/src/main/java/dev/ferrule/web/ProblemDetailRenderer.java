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

package dev.ferrule.web;

import java.net.URI;
import java.time.Duration;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.TranslatedError;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * Renderer of failures as problem details (RFC 9457). Types are {@code
 * urn:ferrule:problem:} and {@code permanent}, {@code retryable}, {@code cancelled},
 * {@code deadline-exceeded}, {@code throttled} or {@code configuration}. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
public final class ProblemDetailRenderer {

	private static final String TYPE_PREFIX = "urn:ferrule:problem:";

	private ProblemDetailRenderer() {
	}

	/**
	 * Returns an answer with status, {@code Retry-After} and problem details. Their
	 * {@code instance} is left to Spring, which puts the path of the request there.
	 * @param error the failure; its message is cleaned and cut to 4 KiB
	 * @return the answer, {@code application/problem+json} whatever the client asked for
	 */
	public static ResponseEntity<ProblemDetail> toResponse(TranslatedError error) {
		ResponseEntity.BodyBuilder response = ResponseEntity.status(error.httpStatus())
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
		if (error.retryAfterSeconds() != null) {
			response.header(HttpHeaders.RETRY_AFTER, error.retryAfterSeconds().toString());
		}
		return response.body(toProblemDetail(error));
	}

	/**
	 * Returns the problem details of a failure, with the members {@code errorKind},
	 * {@code grpcCode}, {@code permanent} and {@code retryAfterMillis}, which is null if
	 * there is no delay.
	 * @param error the failure; its message is cleaned and cut to 4 KiB
	 * @return the problem details
	 */
	public static ProblemDetail toProblemDetail(TranslatedError error) {
		ErrorKind kind = error.kind();
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(error.httpStatus()),
				ErrorMessages.clean(error.message()));
		problem.setType(URI.create(TYPE_PREFIX + type(kind)));
		problem.setTitle(title(kind));
		problem.setProperty("errorKind", kind.name());
		problem.setProperty("grpcCode", error.grpcCode());
		problem.setProperty("permanent", error.permanent());
		problem.setProperty("retryAfterMillis", millis(error.retryInfo()));
		return problem;
	}

	private static String type(ErrorKind kind) {
		return switch (kind) {
			case PERMANENT -> "permanent";
			case RETRYABLE -> "retryable";
			case CANCELLED -> "cancelled";
			case TIMEOUT -> "deadline-exceeded";
			case RESOURCE_EXHAUSTED -> "throttled";
			case CONFIGURATION -> "configuration";
		};
	}

	private static String title(ErrorKind kind) {
		return switch (kind) {
			case PERMANENT -> "Telemetry was refused";
			case RETRYABLE -> "Telemetry is not taken at the moment";
			case CANCELLED -> "The call was cancelled";
			case TIMEOUT -> "The deadline passed";
			case RESOURCE_EXHAUSTED -> "Too much telemetry at the moment";
			case CONFIGURATION -> "Telemetry cannot be handled as configured";
		};
	}

	private static @Nullable Long millis(@Nullable Duration delay) {
		// Rounded up: a client must not come too early
		if (delay == null) {
			return null;
		}
		long seconds = Math.min(delay.toSeconds(), Long.MAX_VALUE / 1000 - 1);
		return seconds * 1000 + (delay.toNanosPart() + 999_999) / 1_000_000;
	}

}
