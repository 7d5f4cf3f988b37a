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

package dev.ferrule.engine.ffi;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * When calls were cancelled whose outcome has not arrived yet. Costs nothing for calls
 * that are not cancelled. Thread-safe.
 */
final class CancelTimes {

	private final Map<Long, Long> nanos = new ConcurrentHashMap<>();

	private final LongSupplier ticker;

	CancelTimes(LongSupplier ticker) {
		this.ticker = ticker;
	}

	/**
	 * Notes that a call is about to be cancelled.
	 * @param callId id of the call
	 * @return whether nobody else is cancelling it
	 */
	boolean begin(long callId) {
		return this.nanos.putIfAbsent(callId, this.ticker.getAsLong()) == null;
	}

	/**
	 * Forgets a call that could not be cancelled any more.
	 * @param callId id of the call
	 */
	void forget(long callId) {
		this.nanos.remove(callId);
	}

	/**
	 * Takes the time since a call was cancelled.
	 * @param callId id of a call that ended as cancelled
	 * @return the time, or {@code null} if it was not cancelled from this side
	 */
	@Nullable Duration end(long callId) {
		Long began = this.nanos.remove(callId);
		return (began != null) ? Duration.ofNanos(this.ticker.getAsLong() - began) : null;
	}

}
