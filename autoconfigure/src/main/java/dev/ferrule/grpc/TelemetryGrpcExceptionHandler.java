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

package dev.ferrule.grpc;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/**
 * Exception handler that closes gRPC calls whose service throws a
 * {@link TelemetryEngineException}, or passes it to {@code onError}, with code, RetryInfo
 * and ErrorInfo. Any handler of the application comes first.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
public final class TelemetryGrpcExceptionHandler implements GrpcExceptionHandler {

	private static final Logger logger = LoggerFactory.getLogger(TelemetryGrpcExceptionHandler.class);

	private final ErrorTranslator translator;

	/**
	 * Creates a handler.
	 * @param translator decides on the answers
	 */
	public TelemetryGrpcExceptionHandler(ErrorTranslator translator) {
		this.translator = translator;
	}

	@Override
	public @Nullable StatusException handleException(Throwable failure) {
		TelemetryEngineException exception = TelemetryEngineException.find(failure);
		if (exception == null) {
			return null;
		}
		try {
			StatusRuntimeException status = GrpcStatusRenderer.toException(this.translator.translate(exception));
			return status.getStatus().asException(status.getTrailers());
		}
		catch (RuntimeException | Error ex) {
			// Thrown further, it would leave the call open
			logger.error("Failure could not be translated", ex);
			return null;
		}
	}

}
