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

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Recognizes the errors by which containers say that the client left.
 */
final class ClientDisconnect {

	/** Begin of what Tomcat says of an HTTP/2 stream. */
	private static final String RESET = "Client reset the stream";

	private ClientDisconnect() {
	}

	/**
	 * Returns whether a request failed because its client left.
	 * @param failure failure, if known
	 * @return whether the client left
	 */
	static boolean isCause(@Nullable Throwable failure) {
		return failure != null && (DisconnectedClientHelper.isClientDisconnectedException(failure)
				|| (failure instanceof IOException && String.valueOf(failure.getMessage()).startsWith(RESET)));
	}

}
