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

package dev.ferrule.actuate;

import java.util.List;
import java.util.Map;

import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.EngineState;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of an engine; nothing in it is secret. Implementations are
 * thread-safe.
 */
public interface InspectedEngine {

	/**
	 * Returns the name.
	 * @return the name that the engine was started with
	 */
	String name();

	/**
	 * Returns the number of threads that each pipeline was asked to run.
	 * @return cores
	 */
	int cores();

	/**
	 * Returns the version of the native interface.
	 * @return the version
	 */
	int abiVersion();

	/**
	 * Returns whether the engine takes calls.
	 * @return the state
	 */
	EngineState state();

	/**
	 * Returns the engine's status.
	 * @return a JSON text
	 * @throws RuntimeException if the engine is not running
	 */
	String status();

	/**
	 * Returns the configured pipelines.
	 * @return pipelines in the order of the configuration, empty if it cannot be read
	 */
	List<PipelineGraph> pipelines();

	/**
	 * Returns what was counted since the start.
	 * @return numbers, or further counters, by name
	 */
	Map<String, Object> counters();

	/**
	 * Returns the calls that wait longest for their outcome.
	 * @param limit calls to return at most, 1 or more
	 * @return calls, the oldest first
	 */
	List<CallInFlight> oldestCalls(int limit);

	/**
	 * Returns a call.
	 * @param id number of the call
	 * @return the call, or {@code null} if it is not in flight
	 */
	@Nullable CallInFlight call(long id);

}
