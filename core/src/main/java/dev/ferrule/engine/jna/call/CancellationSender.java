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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.jna.abi.EngineHandle;
import org.jspecify.annotations.Nullable;

/**
 * Sender of cancellations across the C interface, which also measures how long they take.
 * Costs nothing for other calls. Thread-safe.
 */
public final class CancellationSender {

	private final EngineHandle engine;

	private final LongSupplier ticker;

	/** When calls were cancelled whose outcome has not arrived yet. */
	private final Map<Long, Long> nanos = new ConcurrentHashMap<>();

	public CancellationSender(EngineHandle engine, LongSupplier ticker) {
		this.engine = engine;
		this.ticker = ticker;
	}

	/**
	 * Tells the engine that a call is cancelled; does not block.
	 * @param callId id of the call
	 * @param cause why
	 */
	void cancel(long callId, CancellationCause cause) {
		// Before the engine is told, as the outcome may arrive at any moment then
		boolean first = this.nanos.putIfAbsent(callId, this.ticker.getAsLong()) == null;
		boolean cancelled = this.engine.api().engineCancel(this.engine.value(), callId, cause.code()) == 0;
		if (first && !cancelled) {
			this.nanos.remove(callId);
		}
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
