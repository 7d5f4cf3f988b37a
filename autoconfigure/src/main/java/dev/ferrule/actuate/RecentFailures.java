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

package dev.ferrule.actuate;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Call listener that keeps the last failures of each kind, so that many of one kind leave
 * those of others alone. Thread-safe.
 */
public final class RecentFailures implements TelemetryCallListener {

	private static final int KEPT_PER_KIND = 20;

	private static final int MAX_MESSAGE_BYTES = 512;

	private final Map<ErrorKind, Deque<RecentFailure>> failures = new EnumMap<>(ErrorKind.class);

	private final Clock clock;

	/**
	 * Creates an empty collection.
	 */
	public RecentFailures() {
		this(Clock.systemUTC());
	}

	RecentFailures(Clock clock) {
		this.clock = clock;
		for (ErrorKind kind : ErrorKind.values()) {
			this.failures.put(kind, new ArrayDeque<>(KEPT_PER_KIND));
		}
	}

	@Override
	public void onEnd(EndedCall call) {
		Failure failure = call.failure();
		if (failure == null) {
			return;
		}
		TraceContext trace = call.context().trace();
		RecentFailure recent = new RecentFailure(this.clock.instant(), failure.grpcCode(),
				failure.downstreamHttpStatus(), failure.cause(), call.pipeline(), call.signal(),
				ErrorMessages.clean(failure.message(), MAX_MESSAGE_BYTES), (trace != null) ? trace.traceIdHex() : null);
		Deque<RecentFailure> kept = kept(failure.kind());
		synchronized (kept) {
			if (kept.size() == KEPT_PER_KIND) {
				kept.removeLast();
			}
			kept.addFirst(recent);
		}
	}

	@Override
	public boolean isFailuresOnly() {
		return true;
	}

	/**
	 * Returns the failures that are kept.
	 * @return by kind, the newest first; kinds without failures are left out
	 */
	Map<ErrorKind, List<RecentFailure>> byKind() {
		Map<ErrorKind, List<RecentFailure>> copy = new EnumMap<>(ErrorKind.class);
		for (ErrorKind kind : ErrorKind.values()) {
			Deque<RecentFailure> kept = kept(kind);
			synchronized (kept) {
				if (!kept.isEmpty()) {
					copy.put(kind, List.copyOf(kept));
				}
			}
		}
		return copy;
	}

	@SuppressWarnings("NullAway") // all kinds are present
	private Deque<RecentFailure> kept(ErrorKind kind) {
		return this.failures.get(kind);
	}

	/**
	 * A failed call.
	 *
	 * @param time when it ended
	 * @param grpcCode specific gRPC code, or 0 for the default of the kind
	 * @param downstreamStatus HTTP status of the downstream, or 0
	 * @param cause why it was cancelled, or {@code null}
	 * @param pipeline name of the pipeline, or {@code null} if none takes the signal
	 * @param signal what the payload held
	 * @param message what went wrong
	 * @param traceId trace id in hexadecimal digits, or {@code null} if the call had none
	 */
	public record RecentFailure(Instant time, int grpcCode, int downstreamStatus, @Nullable CancellationCause cause,
			@Nullable String pipeline, Signal signal, String message, @Nullable String traceId) {
	}

}
