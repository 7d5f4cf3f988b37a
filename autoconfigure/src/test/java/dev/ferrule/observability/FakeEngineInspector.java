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

package dev.ferrule.observability;

import java.util.List;
import java.util.Map;

import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.PipelineGraph;
import dev.ferrule.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * An inspector that tells what a test says.
 */
class FakeEngineInspector implements EngineInspector {

	String status = "{}";

	String metrics = "{}";

	int asked;

	boolean stopped;

	@Override
	public String name() {
		return "fake";
	}

	@Override
	public int cores() {
		return 1;
	}

	@Override
	public int abiVersion() {
		return 1;
	}

	@Override
	public EngineState state() {
		return this.stopped ? EngineState.STOPPING : EngineState.ACCEPTING;
	}

	@Override
	public EngineCounters counters() {
		return new EngineCounters(10, 1234, 7, Map.of(ErrorKind.TIMEOUT, 2L), 1, 3, 0, 0, 2, 0, 4, 0, 0, 5);
	}

	@Override
	public List<PipelineGraph> pipelines() {
		return List.of();
	}

	@Override
	public List<CallInFlight> oldestCalls(int limit) {
		return List.of();
	}

	@Override
	public @Nullable CallInFlight call(long id) {
		return null;
	}

	@Override
	public String status() {
		return this.status;
	}

	@Override
	public String metrics() {
		this.asked++;
		if (this.stopped) {
			throw new IllegalStateException("stopped");
		}
		return this.metrics;
	}

}
