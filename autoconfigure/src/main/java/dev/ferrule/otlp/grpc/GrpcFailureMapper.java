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

package dev.ferrule.otlp.grpc;

import java.util.concurrent.CompletionException;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.grpc.GrpcStatusRenderer;
import dev.ferrule.otlp.EdgeRefusals;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mapper of what calls end with to a status. Never throws, whatever the translator does.
 */
final class GrpcFailureMapper {

	private static final Logger logger = LoggerFactory.getLogger(GrpcFailureMapper.class);

	private final ErrorTranslator translator;

	GrpcFailureMapper(ErrorTranslator translator) {
		this.translator = translator;
	}

	StatusRuntimeException status(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		return (cause instanceof StatusRuntimeException status) ? status : translate(failure);
	}

	/**
	 * Translates what was thrown before the call came into the hands of an export.
	 * @param failure any failure, translated in any case
	 * @return the status
	 */
	StatusRuntimeException translate(Throwable failure) {
		try {
			return GrpcStatusRenderer.toException(EdgeRefusals.translate(this.translator, failure, logger));
		}
		catch (RuntimeException | Error ex) {
			logger.error("Failure could not be translated", ex);
			return GrpcStatusRenderer.toException(EdgeRefusals.INTERNAL);
		}
	}

}
