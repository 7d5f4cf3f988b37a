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

/**
 * Callback for the end of each call that was submitted to the engine, whatever the end
 * is. Beans of this type are registered in their order once all singletons exist; calls
 * that end before that are not told.
 *
 * <p>
 * There is exactly one notification for each future that
 * {@link TelemetryEngine#submit(TelemetryPayload, dev.ferrule.context.CallContext)} of
 * the engine returned, also if the engine refused the call, and after that future is
 * complete. Where the caller completed the future itself, the notification comes when the
 * engine has let go of the call.
 */
@FunctionalInterface
public interface TelemetryCallListener {

	/**
	 * Called when a call ended, by several threads at once: on the executor that
	 * completes futures, or, for a call that was refused at once, by the thread that
	 * submits. Must not block. What it throws is logged and counted and does not affect
	 * the call.
	 * @param call what happened
	 */
	void onEnd(EndedCall call);

	/**
	 * Returns whether successes are of no interest, which spares the engine the work of
	 * telling them. Asked once.
	 * @return {@code true} to be told of failed calls only, {@code false} by default
	 */
	default boolean isFailuresOnly() {
		return false;
	}

}
