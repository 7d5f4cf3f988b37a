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

package dev.ferrule.web.reactive;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.web.ProblemDetailRenderer;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Controller advice that answers requests whose controller fails with a
 * {@link TelemetryEngineException} with problem details (RFC 9457). Any advice of the
 * application comes first.
 */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class TelemetryExceptionAdvice {

	private final ErrorTranslator translator;

	/**
	 * Creates an advice.
	 * @param translator decides on the answers
	 */
	public TelemetryExceptionAdvice(ErrorTranslator translator) {
		this.translator = translator;
	}

	/**
	 * Answers a request.
	 * @param failure what the controller threw or its publisher failed with
	 * @param exchange exchange of the request
	 * @return the answer
	 * @throws Exception the failure, if it is an exception of the application that only
	 * has ours as its cause, or if the response is under way: then it must not look
	 * complete
	 */
	@ExceptionHandler(TelemetryEngineException.class)
	ResponseEntity<ProblemDetail> handle(Exception failure, ServerWebExchange exchange) throws Exception {
		TelemetryEngineException exception = TelemetryEngineException.find(failure);
		if (exception == null || exchange.getResponse().isCommitted()) {
			throw failure;
		}
		return ProblemDetailRenderer.toResponse(this.translator.translate(exception));
	}

}
