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

import java.util.List;

import dev.ferrule.SafeLog;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.EndedCall.Times;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;

/**
 * Registry of the listeners for the ends of calls. Where nobody wants to, nothing is made
 * for them.
 */
public final class CallListeners {

	private final List<String> pipelines;

	private final CallStatistics statistics;

	private final SafeLog log = SafeLog.limited(CallListeners.class);

	private volatile List<TelemetryCallListener> all = List.of();

	private volatile List<TelemetryCallListener> interestedInSuccesses = List.of();

	public CallListeners(List<String> pipelines, CallStatistics statistics) {
		this.pipelines = pipelines;
		this.statistics = statistics;
	}

	/**
	 * Replaces the listeners.
	 * @param listeners told in this order
	 */
	public void set(List<TelemetryCallListener> listeners) {
		this.all = List.copyOf(listeners);
		this.interestedInSuccesses = listeners.stream().filter((listener) -> !listener.isFailuresOnly()).toList();
	}

	/**
	 * Tells the end of a call. Never throws.
	 * @param call a call that has its outcome
	 */
	void ended(EngineCall call) {
		try {
			if (call.outcome() instanceof MeasuredFailure failure) {
				failed(call.signal(), call.pipeline(), call.payloadBytes(), call.context(), failure);
			}
			else if (call.outcome() instanceof ExportResult result && !this.interestedInSuccesses.isEmpty()) {
				Times times = new Times(result.queued(), result.processing(), result.exporting());
				tell(this.interestedInSuccesses, new EndedCall(call.signal(), pipeline(call.pipeline()),
						call.payloadBytes(), call.context(), result, null, times, result.attempts(), null));
			}
		}
		catch (Throwable ex) {
			notTold(ex);
		}
	}

	/**
	 * Tells that a call was refused before it began. Never throws.
	 * @param payload what was submitted
	 * @param pipeline index of the pipeline, or {@link CallSubmitter#NO_PIPELINE}
	 * @param context context of the call
	 * @param exception failure of the call
	 */
	void refused(TelemetryPayload payload, int pipeline, CallContext context, TelemetryEngineException exception) {
		try {
			failed(payload.signal(), pipeline, payload.size(), context, MeasuredFailure.atOnce(exception));
		}
		catch (Throwable ex) {
			notTold(ex);
		}
	}

	private void failed(Signal signal, int pipeline, int payloadBytes, CallContext context, MeasuredFailure failure) {
		List<TelemetryCallListener> listeners = this.all;
		if (!listeners.isEmpty()) {
			tell(listeners, new EndedCall(signal, pipeline(pipeline), payloadBytes, context, null,
					failure.exception().failure(), failure.times(), failure.attempts(), failure.cancelTime()));
		}
	}

	private @Nullable String pipeline(int index) {
		return (index != CallSubmitter.NO_PIPELINE) ? this.pipelines.get(index) : null;
	}

	private void tell(List<TelemetryCallListener> listeners, EndedCall call) {
		for (TelemetryCallListener listener : listeners) {
			try {
				listener.onEnd(call);
			}
			catch (Throwable ex) {
				notTold(ex);
			}
		}
	}

	private void notTold(Throwable ex) {
		this.statistics.listenerError();
		this.log.warn("A listener could not be told of the end of a call", ex);
	}

}
