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

package dev.ferrule.engine.jna.call;

import java.time.Duration;

import dev.ferrule.engine.EndedCall;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of a failed call: the exception, with what the engine measured.
 *
 * @param exception what the future completes with
 * @param times where the time went
 * @param attempts export attempts
 * @param cancelTime time since the call was cancelled on this side, or {@code null}
 */
record MeasuredFailure(TelemetryEngineException exception, EndedCall.Times times, int attempts,
		@Nullable Duration cancelTime) {

	/**
	 * A failure that the engine did not measure.
	 * @param exception what the future completes with
	 * @return the failure
	 */
	static MeasuredFailure atOnce(TelemetryEngineException exception) {
		return new MeasuredFailure(exception, EndedCall.Times.ZERO, 0, null);
	}

}
