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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Read-only view of an engine: state, counters, pipelines and calls in flight. Stays
 * current, disturbs no call and shows nothing secret. Implementations are thread-safe.
 */
public interface EngineInspector {

	/**
	 * Returns the name of the engine.
	 * @return the name that the engine was started with, empty if it has none
	 */
	String name();

	/**
	 * Returns the number of threads that each pipeline was asked to run.
	 * @return cores, 0 if it was left to the engine
	 */
	int cores();

	/**
	 * Returns the version of the native interface that both sides speak.
	 * @return the version, 1 or more
	 */
	int abiVersion();

	/**
	 * Returns whether the engine takes calls.
	 * @return the state
	 */
	EngineState state();

	/**
	 * Returns what was counted since the start.
	 * @return a snapshot
	 */
	EngineCounters counters();

	/**
	 * Returns the configured pipelines.
	 * @return pipelines in the order of the configuration, empty if it cannot be read
	 */
	List<PipelineGraph> pipelines();

	/**
	 * Describes the engine: version, pipelines, calls in flight, recent failures.
	 * @return the engine's JSON text
	 * @throws RuntimeException if the engine is not running
	 */
	String status();

	/**
	 * Describes what the engine and its nodes measure.
	 * @return the engine's JSON text
	 * @throws RuntimeException if the engine is not running
	 */
	String metrics();

	/**
	 * Returns the calls that wait longest for their outcome. Calls that end or enter
	 * meanwhile may be in it or not.
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
