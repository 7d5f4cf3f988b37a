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

package dev.ferrule.autoconfigure.engine;

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Engine that takes the place of the real one while a configuration is only validated.
 * Takes no calls.
 */
public final class ValidateOnlyEngine implements TelemetryEngine {

	private static final Failure NOT_STARTED = Failure.of(ErrorKind.RETRYABLE,
			"The engine is not started while ferrule.engine.validate-only is set.");

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		return CompletableFuture.failedFuture(new EngineUnavailableException(NOT_STARTED));
	}

	@Override
	public PayloadBuffer reserve(int size) {
		throw new EngineUnavailableException(NOT_STARTED, null);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return this;
	}

}
