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

import java.util.List;
import java.util.function.LongSupplier;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryPayload;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to know how calls end. Without any, a call costs one read more.
 */
final class CallListeners {

	private static final Logger logger = LoggerFactory.getLogger(CallListeners.class);

	private final List<String> pipelines;

	private final CallStatistics statistics;

	private final LongSupplier ticker;

	private final LogLimit logLimit = new LogLimit();

	private volatile List<TelemetryCallListener> listeners = List.of();

	CallListeners(List<String> pipelines, CallStatistics statistics, LongSupplier ticker) {
		this.pipelines = pipelines;
		this.statistics = statistics;
		this.ticker = ticker;
	}

	/**
	 * Replaces the listeners. Calls in flight keep those that they were submitted with.
	 * @param listeners told in this order
	 */
	void set(List<TelemetryCallListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	/**
	 * Begins to note what the listeners want to know of a call.
	 * @param payload what is submitted
	 * @param context context of the call
	 * @param pipeline index of the pipeline, or {@link PipelineTable#NONE}
	 * @return to be told of the outcome, or {@code null} if nobody listens
	 */
	@Nullable CallNotice begin(TelemetryPayload payload, CallContext context, int pipeline) {
		List<TelemetryCallListener> listeners = this.listeners;
		if (listeners.isEmpty()) {
			return null;
		}
		String name = (pipeline != PipelineTable.NONE) ? this.pipelines.get(pipeline) : null;
		return new CallNotice(this, listeners, payload, name, context);
	}

	long nanoTime() {
		return this.ticker.getAsLong();
	}

	void tell(TelemetryCallListener listener, EndedCall call) {
		try {
			listener.onEnd(call);
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	void failed(Throwable ex) {
		this.statistics.listenerError();
		if (this.logLimit.permits()) {
			logger.warn("A listener could not be told of the end of a call", ex);
		}
	}

}
