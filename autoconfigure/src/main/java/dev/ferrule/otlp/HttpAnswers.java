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

package dev.ferrule.otlp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.error.rpc.RpcStatus;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of OTLP over HTTP.
 */
final class HttpAnswers {

	private static final Log logger = LogFactory.getLog(HttpAnswers.class);

	private static final int UNAUTHORIZED = 401;

	private static final int INTERNAL_SERVER_ERROR = 500;

	private final ErrorTranslator translator;

	HttpAnswers(ErrorTranslator translator) {
		this.translator = translator;
	}

	/**
	 * Answers a request that is wrong in itself.
	 * @param request the request
	 * @param response its response
	 * @param encoding encoding of the request, or {@code null} if it is of no use
	 * @param error what to answer
	 * @throws IOException if the client is gone
	 */
	void refuse(HttpServletRequest request, HttpServletResponse response, @Nullable OtlpEncoding encoding,
			TranslatedError error) throws IOException {
		OtlpEncoding answer = (encoding != null) ? encoding : OtlpEncoding.JSON;
		byte[] body;
		try {
			body = render(answer, error);
		}
		catch (RuntimeException ex) {
			logger.error("Failure could not be rendered", ex);
			write(request, response, INTERNAL_SERVER_ERROR, answer, fallback(answer));
			return;
		}
		Integer retryAfter = error.retryAfterSeconds();
		if (retryAfter != null) {
			response.setHeader("Retry-After", retryAfter.toString());
		}
		write(request, response, error.httpStatus(), answer, body);
	}

	private static byte[] render(OtlpEncoding encoding, TranslatedError error) {
		RpcStatus status = RpcStatus.of(error);
		return switch (encoding) {
			case PROTOBUF -> status.toProtobuf();
			case JSON -> status.toJson();
		};
	}

	// google.rpc.Status: code 13, message "Internal error"
	private static byte[] fallback(OtlpEncoding encoding) {
		String body = switch (encoding) {
			case PROTOBUF -> "\u0008\r\u0012\u000eInternal error";
			case JSON -> "{\"code\":13,\"message\":\"Internal error\"}";
		};
		return body.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Answers a request that the application refused before the engine came into it, such
	 * as one without credentials. A 401 of the downstream looks alike, but asks for
	 * nothing.
	 * @param request the request
	 * @param response its response
	 * @param encoding encoding of the request
	 * @param failure why it is refused
	 * @throws IOException if the client is gone
	 */
	void failBeforeEngine(HttpServletRequest request, HttpServletResponse response, OtlpEncoding encoding,
			Throwable failure) throws IOException {
		TranslatedError error = translate(failure);
		if (error.httpStatus() == UNAUTHORIZED && !response.containsHeader("WWW-Authenticate")) {
			response.setHeader("WWW-Authenticate", "Bearer");
		}
		refuse(request, response, encoding, error);
	}

	/**
	 * Answers a request that failed.
	 * @param request the request
	 * @param response its response
	 * @param encoding encoding of the request
	 * @param failure what the call ended with
	 * @throws IOException if the client is gone
	 */
	void fail(HttpServletRequest request, HttpServletResponse response, OtlpEncoding encoding, Throwable failure)
			throws IOException {
		if (isShutdown(failure)) {
			close(request, response);
		}
		refuse(request, response, encoding, translate(failure));
	}

	/**
	 * Asks for the connection to be closed after the answer.
	 * @param request the request
	 * @param response its response
	 */
	static void close(HttpServletRequest request, HttpServletResponse response) {
		if (request.getProtocol().startsWith("HTTP/1.")) {
			response.setHeader("Connection", "close");
		}
	}

	void write(HttpServletRequest request, HttpServletResponse response, int status, OtlpEncoding encoding, byte[] body)
			throws IOException {
		response.setStatus(status);
		response.setContentType(encoding.mediaType());
		if (!"HEAD".equals(request.getMethod())) {
			response.setContentLength(body.length);
			response.getOutputStream().write(body);
		}
	}

	private TranslatedError translate(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (!(cause instanceof TelemetryEngineException)) {
			logger.warn("OTLP request failed unexpectedly", cause);
		}
		return this.translator.translate(cause);
	}

	private static boolean isShutdown(Throwable failure) {
		return unwrap(failure) instanceof TelemetryEngineException ex
				&& ex.failure().cause() == CancellationCause.SHUTDOWN;
	}

	private static Throwable unwrap(Throwable failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof CompletionException && cause != null) ? cause : failure;
	}

}
