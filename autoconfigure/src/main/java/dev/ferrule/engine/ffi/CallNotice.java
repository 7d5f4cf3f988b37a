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
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of a call for those who listen to its end, whom it tells once.
 */
final class CallNotice {

	private final CallListeners owner;

	private final List<TelemetryCallListener> listeners;

	private final Signal signal;

	private final @Nullable String pipeline;

	private final int payloadBytes;

	private final CallContext context;

	private final long submitted;

	private final AtomicBoolean told = new AtomicBoolean();

	/** Written before the call is handed to the executor. */
	private Duration queued = Duration.ZERO;

	private Duration processing = Duration.ZERO;

	private Duration exporting = Duration.ZERO;

	private int attempts;

	CallNotice(CallListeners owner, List<TelemetryCallListener> listeners, TelemetryPayload payload,
			@Nullable String pipeline, CallContext context) {
		this.owner = owner;
		this.listeners = listeners;
		this.signal = payload.signal();
		this.pipeline = pipeline;
		this.payloadBytes = payload.size();
		this.context = context;
		this.submitted = owner.nanoTime();
	}

	/**
	 * Notes what the engine measured.
	 * @param record completion of the call
	 */
	void measured(EngineRecord record) {
		this.queued = record.queued();
		this.processing = record.processing();
		this.exporting = record.exporting();
		this.attempts = record.attempts();
	}

	/**
	 * Tells the listeners, the first time that it is called. Never throws.
	 * @param outcome an {@link ExportResult} or a {@link TelemetryEngineException}
	 */
	void ended(@Nullable Object outcome) {
		// An executor may run a task and then claim that it refused it
		if (!this.told.compareAndSet(false, true)) {
			return;
		}
		try {
			EndedCall call = describe(outcome);
			this.listeners.forEach((listener) -> this.owner.tell(listener, call));
		}
		catch (Throwable ex) {
			this.owner.failed(ex);
		}
	}

	private EndedCall describe(@Nullable Object outcome) {
		Duration total = Duration.ofNanos(Math.max(0, this.owner.nanoTime() - this.submitted));
		return new EndedCall(this.signal, this.pipeline, this.payloadBytes, this.context,
				(outcome instanceof ExportResult result) ? result : null,
				(outcome instanceof TelemetryEngineException exception) ? exception.failure() : null,
				new EndedCall.Times(total, this.queued, this.processing, this.exporting), this.attempts);
	}

}
