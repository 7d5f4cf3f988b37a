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

package dev.ferrule.engine;

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;

/**
 * Engine that runs telemetry through its pipelines. Thread-safe.
 *
 * <p>
 * Every submitted call gets exactly one outcome: its future completes with a result, or
 * with a {@link dev.ferrule.error.TelemetryEngineException}. Cancelling the future
 * cancels the work.
 */
public interface TelemetryEngine {

	/**
	 * Submits a payload under a context. Never blocks.
	 * @param payload what to process; must not change until this method returned
	 * @param context deadline, cancellation, metadata and trace of the call; without a
	 * deadline the configured default applies, and never more than the configured maximum
	 * @return completes on the configured executor, never on the thread that polls the
	 * engine
	 */
	CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context);

	/**
	 * Submits a payload under the context of the call that this thread works for, or, if
	 * there is none, under a background context with the default deadline.
	 * @param payload what to process
	 * @return as {@link #submit(TelemetryPayload, CallContext)}
	 * @throws RuntimeException if the request is to be refused whose context is
	 * {@linkplain CurrentCallContext#get() current}
	 */
	default CompletableFuture<ExportResult> submit(TelemetryPayload payload) {
		CallContext current = CurrentCallContext.get();
		return submit(payload, (current != null) ? current : CallContext.background());
	}

	/**
	 * Reserves memory in the engine.
	 * @param size bytes, 0 or more
	 * @return memory to fill
	 * @throws dev.ferrule.error.TelemetryEngineException if the byte budget is exhausted
	 * or the engine is not running
	 */
	PayloadBuffer reserve(int size);

	/**
	 * Returns a view that submits to one pipeline.
	 * @param name name of a configured pipeline
	 * @return the view
	 * @throws IllegalArgumentException if there is no such pipeline
	 */
	TelemetryEngine pipeline(String name);

}
