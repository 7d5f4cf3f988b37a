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

import java.time.Duration;

import dev.ferrule.context.CallContext;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Record of a call that has its outcome: either a result or a failure.
 *
 * @param signal what the payload held
 * @param pipeline name of the pipeline, or {@code null} if none takes the signal
 * @param payloadBytes size of the payload as submitted, in bytes
 * @param context what the call was submitted with: deadline, trace, metadata, attributes
 * @param result result, or {@code null} if the call failed
 * @param failure failure, or {@code null} if the call succeeded
 * @param times where the time went
 * @param attempts export attempts, 0 if the call got no further than the pipeline
 * @param cancelTime time from the cancellation on this side to the outcome, or
 * {@code null} if the call was not cancelled here or the cancellation came too late
 */
public record EndedCall(Signal signal, @Nullable String pipeline, int payloadBytes, CallContext context,
		@Nullable ExportResult result, @Nullable Failure failure, Times times, int attempts,
		@Nullable Duration cancelTime) {

	/**
	 * Where the time of a call went, as the engine measured. All zero if the engine
	 * refused the call at once or never gave it back.
	 *
	 * @param queued time spent waiting for the pipeline
	 * @param processing time spent in the pipeline before export
	 * @param exporting time spent exporting, retries included
	 */
	public record Times(Duration queued, Duration processing, Duration exporting) {

		/** No time at all. */
		public static final Times ZERO = new Times(Duration.ZERO, Duration.ZERO, Duration.ZERO);

		/**
		 * Returns the time of the whole call.
		 * @return the sum
		 */
		public Duration total() {
			return this.queued.plus(this.processing).plus(this.exporting);
		}

	}

}
