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

package dev.ferrule.otlp.http;

import java.nio.charset.StandardCharsets;

import dev.ferrule.otlp.OtlpEncoding;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Response of OTLP over HTTP, all of it encoded.
 *
 * @param status status code
 * @param encoding encoding of the body
 * @param body the body
 * @param retryAfterSeconds value of {@code Retry-After}, or {@code null}
 * @param close whether the connection is to be closed afterwards
 */
record EncodedResponse(int status, OtlpEncoding encoding, byte[] body, @Nullable Integer retryAfterSeconds,
		boolean close) {

	static EncodedResponse ok(OtlpEncoding encoding, byte[] body) {
		return new EncodedResponse(HttpServletResponse.SC_OK, encoding, body, null, false);
	}

	/**
	 * Returns the answer where nothing else can be said: {@code google.rpc.Status} with
	 * code 13 and the message "Internal error".
	 * @param encoding encoding of the body
	 * @return the answer
	 */
	static EncodedResponse internalError(OtlpEncoding encoding) {
		String body = switch (encoding) {
			case PROTOBUF -> "\u0008\r\u0012\u000eInternal error";
			case JSON -> "{\"code\":13,\"message\":\"Internal error\"}";
		};
		return new EncodedResponse(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, encoding,
				body.getBytes(StandardCharsets.US_ASCII), null, false);
	}

	EncodedResponse closing() {
		return new EncodedResponse(this.status, this.encoding, this.body, this.retryAfterSeconds, true);
	}

}
