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

import org.jspecify.annotations.Nullable;

/**
 * Failure of a call whose deadline passed before it had an outcome. The data may have
 * been delivered all the same.
 */
public final class DeadlineExceededTelemetryException extends RetryableTelemetryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception without stack trace.
	 * @param failure the facts
	 */
	DeadlineExceededTelemetryException(Failure failure) {
		super(failure);
	}

	/**
	 * Creates the exception with a stack trace.
	 * @param failure the facts
	 * @param cause what led to the failure, or {@code null}
	 */
	DeadlineExceededTelemetryException(Failure failure, @Nullable Throwable cause) {
		super(failure, cause);
	}

}
