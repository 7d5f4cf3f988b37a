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

package dev.ferrule.web.servlet;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.error.CallCancelledTelemetryException;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Classifier of the errors by which containers say that the client left.
 */
final class DisconnectErrors {

	/** Begin of what Tomcat says of an HTTP/2 stream. */
	private static final String RESET = "Client reset the stream";

	/** Of Tomcat, Jetty and Spring, neither of the first two being required. */
	private static final Set<String> NAMES = Set.of("ClientAbortException", "EofException",
			"AsyncRequestNotUsableException");

	private DisconnectErrors() {
	}

	/**
	 * Returns whether a request failed because its client left. Stricter than Spring,
	 * which also recognizes the errors of connections that the handler itself makes.
	 * @param failure failure, if known
	 * @return whether the client left
	 */
	static boolean isCause(@Nullable Throwable failure) {
		return failure instanceof IOException && (NAMES.contains(failure.getClass().getSimpleName())
				|| String.valueOf(failure.getMessage()).startsWith(RESET));
	}

	/**
	 * Returns whether a handler failed because it was told that its client left, or by
	 * writing to it.
	 * @param cancellation cancellation of the request
	 * @param failure failure of the handler
	 * @return whether the failure is none
	 */
	static boolean hasEnded(CancellationSource cancellation, Throwable failure) {
		if (cancellation.token().cause() != CancellationCause.CLIENT) {
			return false;
		}
		for (Throwable at = failure; at != null; at = at.getCause()) {
			if (at instanceof CallCancelledTelemetryException || at instanceof CancellationException) {
				return true;
			}
		}
		return DisconnectedClientHelper.isClientDisconnectedException(failure);
	}

}
