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

package dev.ferrule.engine.jna;

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.call.CallSubmitter;

/**
 * An engine bound to one pipeline.
 *
 * @param engine engine
 * @param submitter submits to the engine
 * @param index index of the pipeline
 */
record PipelineView(NativeEngine engine, CallSubmitter submitter, int index) implements TelemetryEngine {

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		return this.submitter.submit(payload, context, this.index);
	}

	@Override
	public PayloadBuffer reserve(int size) {
		return this.engine.reserve(size);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return this.engine.pipeline(name);
	}

}
