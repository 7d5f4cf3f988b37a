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

import java.util.Map;

import dev.ferrule.engine.ffi.EngineCounters;
import dev.ferrule.engine.ffi.NativeEngine;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.observability.MeteredEngine;

/**
 * What meters read of the engine in this process.
 *
 * @param engine the engine
 */
record NativeMeteredEngine(NativeEngine engine) implements MeteredEngine {

	@Override
	public long submitted() {
		return this.engine.counters().submitted();
	}

	@Override
	public long succeeded() {
		return this.engine.counters().succeeded();
	}

	@Override
	public long failed(ErrorKind kind) {
		return this.engine.counters().failed().getOrDefault(kind, 0L);
	}

	@Override
	public long inFlight() {
		return this.engine.counters().inFlight();
	}

	@Override
	public long late() {
		return this.engine.counters().lateCompletions();
	}

	@Override
	public long lastNet() {
		return this.engine.counters().lastNetFired();
	}

	@Override
	public long droppedLogLines() {
		return this.engine.counters().droppedLogLines();
	}

	@Override
	public long submittedBytes() {
		return this.engine.counters().submittedBytes();
	}

	@Override
	public Map<String, Long> problems() {
		EngineCounters counters = this.engine.counters();
		return Map.of("failure.incomplete", counters.degradedErrors(), "record.malformed", counters.malformedRecords(),
				"poll.failed", counters.pollErrors(), "executor.rejected", counters.executorRejections(),
				"listener.failed", counters.listenerErrors());
	}

	@Override
	public String status() {
		return this.engine.status();
	}

	@Override
	public String metrics() {
		return this.engine.metrics();
	}

}
