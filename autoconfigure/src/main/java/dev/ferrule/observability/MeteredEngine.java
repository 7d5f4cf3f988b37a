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

import java.util.Map;

import dev.ferrule.error.ErrorKind;

/**
 * What meters read of an engine. All numbers are since its start. Implementations are
 * thread-safe.
 */
public interface MeteredEngine {

	/**
	 * Returns the calls submitted, refused ones included.
	 * @return calls
	 */
	long submitted();

	/**
	 * Returns the calls that ended with a result.
	 * @return calls
	 */
	long succeeded();

	/**
	 * Returns the calls that failed in one way.
	 * @param kind the way
	 * @return calls
	 */
	long failed(ErrorKind kind);

	/**
	 * Returns the calls that have no outcome now.
	 * @return calls
	 */
	long inFlight();

	/**
	 * Returns the outcomes that came for calls which had one already.
	 * @return outcomes
	 */
	long late();

	/**
	 * Returns the calls that the engine failed to end at their deadline.
	 * @return calls
	 */
	long lastNet();

	/**
	 * Returns the log lines of the engine that were dropped on this side.
	 * @return lines
	 */
	long droppedLogLines();

	/**
	 * Returns the payload bytes of the calls submitted.
	 * @return bytes, as they were submitted
	 */
	long submittedBytes();

	/**
	 * Returns what went wrong between the engine and this side, by name.
	 * @return counts; the names are always the same
	 */
	Map<String, Long> problems();

	/**
	 * Returns the engine's status.
	 * @return a JSON text
	 * @throws RuntimeException if the engine is not running
	 */
	String status();

	/**
	 * Returns what the engine and its nodes measure.
	 * @return a JSON text
	 * @throws RuntimeException if the engine is not running
	 */
	String metrics();

}
