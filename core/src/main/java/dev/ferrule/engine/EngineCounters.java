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

import java.util.Map;

import dev.ferrule.error.ErrorKind;

/**
 * Snapshot of what an engine counted since it started. While nothing is in flight,
 * {@link #submitted()} equals {@link #completed()}.
 *
 * @param submitted calls submitted, refused ones included
 * @param submittedBytes payload bytes of those calls, as they were submitted
 * @param succeeded calls that ended with a result
 * @param failed calls that ended with a failure, by its kind; all kinds are present
 * @param inFlight calls that have no outcome yet
 * @param lateCompletions records for calls that had an outcome already
 * @param lastNetFired calls that the engine should have ended and that were ended by the
 * timer here; anything but 0 is a bug of the engine
 * @param malformedRecords records that could not be read
 * @param pollErrors polls that failed
 * @param executorRejections outcomes that the executor refused, or let wait beyond the
 * deadline, and that were delivered on a thread of the engine
 * @param droppedLogLines log lines dropped because logging was too slow
 * @param degradedErrors failures whose records hold something that cannot be understood
 * (a kind or code of a newer library, text that is no UTF-8 or too long, details that are
 * no JSON object, an impossible delay) and that lost it
 * @param listenerErrors notifications of listeners that failed
 * @param waitingOutcomes outcomes that wait for the executor or run on it now; until they
 * are done they count against the calls that may be in flight
 */
public record EngineCounters(long submitted, long submittedBytes, long succeeded, Map<ErrorKind, Long> failed,
		long inFlight, long lateCompletions, long lastNetFired, long malformedRecords, long pollErrors,
		long executorRejections, long droppedLogLines, long degradedErrors, long listenerErrors, long waitingOutcomes) {

	public EngineCounters {
		failed = Map.copyOf(failed);
	}

	/**
	 * Returns the calls that have an outcome.
	 * @return succeeded and failed calls
	 */
	public long completed() {
		return this.succeeded + this.failed.values().stream().mapToLong(Long::longValue).sum();
	}

}
