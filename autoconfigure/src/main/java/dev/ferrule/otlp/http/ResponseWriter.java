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

import java.io.IOException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.error.rpc.RpcStatus;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.ExportResponseEncoder;
import dev.ferrule.otlp.OtlpEncoding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writer of the responses of OTLP over HTTP. Preparing comes before an answer is taken:
 * nothing may fail between taking and writing it.
 */
final class ResponseWriter {

	private static final Logger logger = LoggerFactory.getLogger(ResponseWriter.class);

	private final ErrorTranslator translator;

	ResponseWriter(ErrorTranslator translator) {
		this.translator = translator;
	}

	/**
	 * Prepares the answer to a request that reached its destination. Never throws.
	 * @param call what the request is
	 * @param result what the engine said
	 * @return the answer
	 */
	EncodedResponse success(RequestHead call, ExportResult result) {
		try {
			return EncodedResponse.ok(call.encoding(),
					ExportResponseEncoder.encode(call.encoding(), call.signal(), result));
		}
		catch (RuntimeException | Error ex) {
			logger.error("Result could not be encoded", ex);
			return EncodedResponse.internalError(call.encoding());
		}
	}

	/**
	 * Prepares the answer to a request that is wrong in itself. Never throws.
	 * @param encoding encoding of the request, or {@code null} if it is of no use
	 * @param error what to answer
	 * @return the answer
	 */
	EncodedResponse refusal(@Nullable OtlpEncoding encoding, TranslatedError error) {
		OtlpEncoding answer = (encoding != null) ? encoding : OtlpEncoding.JSON;
		try {
			return new EncodedResponse(error.httpStatus(), answer, render(answer, error), error.retryAfterSeconds(),
					false);
		}
		catch (RuntimeException | Error ex) {
			logger.error("Failure could not be rendered", ex);
			return EncodedResponse.internalError(answer);
		}
	}

	private static byte[] render(OtlpEncoding encoding, TranslatedError error) {
		RpcStatus status = RpcStatus.of(error);
		return switch (encoding) {
			case PROTOBUF -> status.toProtobuf();
			case JSON -> status.toJson();
		};
	}

	/**
	 * Prepares the answer to a request that failed. Never throws, whatever the translator
	 * does.
	 * @param encoding encoding of the request
	 * @param failure what the call ended with
	 * @return the answer
	 */
	EncodedResponse failure(OtlpEncoding encoding, Throwable failure) {
		EncodedResponse answer = translated(encoding, failure);
		return isShutdown(failure) ? answer.closing() : answer;
	}

	private EncodedResponse translated(OtlpEncoding encoding, Throwable failure) {
		TranslatedError error;
		try {
			error = EdgeRefusals.translate(this.translator, failure, logger);
		}
		catch (RuntimeException | Error ex) {
			logger.error("Failure could not be translated", ex);
			return EncodedResponse.internalError(encoding);
		}
		return refusal(encoding, error);
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
		write(request, response, refusal(encoding, error));
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
		EncodedResponse answer = translated(encoding, failure);
		if (answer.status() == HttpServletResponse.SC_UNAUTHORIZED && !response.containsHeader("WWW-Authenticate")) {
			response.setHeader("WWW-Authenticate", "Bearer");
		}
		write(request, response, answer);
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
		write(request, response, failure(encoding, failure));
	}

	/**
	 * Writes an answer, or an internal error if that fails halfway.
	 * @param request the request
	 * @param response its response
	 * @param answer what to write
	 * @throws IOException if the client is gone
	 */
	void write(HttpServletRequest request, HttpServletResponse response, EncodedResponse answer) throws IOException {
		try {
			send(request, response, answer);
		}
		catch (RuntimeException ex) {
			if (response.isCommitted()) {
				throw ex;
			}
			response.reset();
			logger.error("Answer could not be written", ex);
			send(request, response, EncodedResponse.internalError(answer.encoding()).closing());
		}
	}

	private static void send(HttpServletRequest request, HttpServletResponse response, EncodedResponse answer)
			throws IOException {
		// HTTP/2 knows no such field.
		if (answer.close() && isHttp1(request)) {
			response.setHeader("Connection", "close");
		}
		Integer retryAfter = answer.retryAfterSeconds();
		if (retryAfter != null) {
			response.setHeader("Retry-After", retryAfter.toString());
		}
		response.setStatus(answer.status());
		response.setContentType(answer.encoding().mediaType());
		if (!"HEAD".equals(request.getMethod())) {
			// Tomcat ends the response once the announced length is written, and waits
			// for
			// the window of an HTTP/2 client to do so
			if (answer.body().length == 0 || isHttp1(request)) {
				response.setContentLength(answer.body().length);
			}
			response.getOutputStream().write(answer.body());
		}
	}

	private static boolean isHttp1(HttpServletRequest request) {
		return request.getProtocol().startsWith("HTTP/1.");
	}

	private static boolean isShutdown(Throwable failure) {
		TelemetryEngineException exception = TelemetryEngineException.find(failure);
		return exception != null && exception.failure().cause() == CancellationCause.SHUTDOWN;
	}

}
