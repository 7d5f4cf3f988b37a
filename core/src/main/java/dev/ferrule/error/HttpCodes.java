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
 * HTTP status codes for which the libraries at the edges have no constant, or which are
 * needed where none of these libraries is there.
 */
public final class HttpCodes {

	/** The request is malformed. */
	public static final int BAD_REQUEST = 400;

	/** The body is larger than the server takes. */
	public static final int CONTENT_TOO_LARGE = 413;

	/**
	 * The client left before the answer; not of the standard, and seen in logs and
	 * metrics only.
	 */
	public static final int CLIENT_CLOSED_REQUEST = 499;

	/** The server has a fault. */
	public static final int INTERNAL_SERVER_ERROR = 500;

	private HttpCodes() {
	}

}
