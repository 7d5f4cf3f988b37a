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

package dev.ferrule.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.actuate.InspectedEngine;
import dev.ferrule.actuate.PipelineGraph;
import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.ffi.EngineCounters;
import dev.ferrule.engine.ffi.NativeEngine;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of the engine in this process.
 *
 * @param engine the engine
 * @param specification what it was started with
 */
record NativeInspectedEngine(NativeEngine engine, EngineSpecification specification) implements InspectedEngine {

	@Override
	public String name() {
		return this.specification.name();
	}

	@Override
	public int cores() {
		return this.specification.cores();
	}

	@Override
	public int abiVersion() {
		return this.engine.insight().abiVersion();
	}

	@Override
	public EngineState state() {
		return this.engine.insight().state();
	}

	@Override
	public String status() {
		return this.engine.status();
	}

	@Override
	public List<PipelineGraph> pipelines() {
		return this.specification.pipelines();
	}

	@Override
	public Map<String, Object> counters() {
		EngineCounters counters = this.engine.counters();
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("submitted", counters.submitted());
		values.put("submittedBytes", counters.submittedBytes());
		values.put("succeeded", counters.succeeded());
		values.put("failed", counters.failed());
		values.put("inFlight", counters.inFlight());
		values.put("late", counters.lateCompletions());
		values.put("lastNet", counters.lastNetFired());
		values.put("malformedRecords", counters.malformedRecords());
		values.put("pollErrors", counters.pollErrors());
		values.put("executorRejections", counters.executorRejections());
		values.put("droppedLogLines", counters.droppedLogLines());
		values.put("degradedErrors", counters.degradedErrors());
		values.put("listenerErrors", counters.listenerErrors());
		return values;
	}

	@Override
	public List<CallInFlight> oldestCalls(int limit) {
		return this.engine.insight().oldestCalls(limit);
	}

	@Override
	public @Nullable CallInFlight call(long id) {
		return this.engine.insight().call(id);
	}

}
