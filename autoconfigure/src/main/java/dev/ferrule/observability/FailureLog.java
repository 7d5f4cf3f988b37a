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

package dev.ferrule.observability;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.HttpCodes;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Call listener that logs a line for each failed call, at a level that fits: {@code
 * DEBUG} if the caller lost interest, {@code WARN} if data was refused for good, by the
 * downstream or because of the configuration, and {@code INFO} otherwise, that is where
 * the caller may try again or sent something that is no OTLP. Of each kind at most ten
 * lines in ten seconds are written; the next one tells how many were left out. Nothing of
 * the payload or the headers is logged.
 */
public final class FailureLog implements TelemetryCallListener {

	private static final int MAX_MESSAGE_BYTES = 1024;

	private final Logger logger;

	private final Map<ErrorKind, LineLimit> limits = new EnumMap<>(ErrorKind.class);

	private final LineLimit badRequests;

	/**
	 * Creates the log. Its category is the name of this class.
	 */
	public FailureLog() {
		this(LoggerFactory.getLogger(FailureLog.class), System::nanoTime);
	}

	FailureLog(Logger logger, LongSupplier ticker) {
		this.logger = logger;
		for (ErrorKind kind : ErrorKind.values()) {
			this.limits.put(kind, new LineLimit(ticker));
		}
		this.badRequests = new LineLimit(ticker);
	}

	@Override
	public void onEnd(EndedCall call) {
		Failure failure = call.failure();
		if (failure == null) {
			return;
		}
		if (isUnwanted(failure)) {
			if (this.logger.isDebugEnabled()) {
				this.logger.debug(describe(call, failure));
			}
			return;
		}
		boolean badRequest = isBadRequest(call, failure);
		boolean warn = failure.permanent() && !badRequest;
		if (warn ? !this.logger.isWarnEnabled() : !this.logger.isInfoEnabled()) {
			return;
		}
		LineLimit limit = badRequest ? this.badRequests : limit(failure.kind());
		long leftOut = limit.acquire();
		if (leftOut == LineLimit.REFUSED) {
			return;
		}
		String line = describe(call, failure);
		if (leftOut > 0) {
			line += "; " + leftOut + " more of this kind were not logged";
		}
		if (warn) {
			this.logger.warn(line);
		}
		else {
			this.logger.info(line);
		}
	}

	@Override
	public boolean isFailuresOnly() {
		return true;
	}

	@SuppressWarnings("NullAway") // all kinds are present
	private LineLimit limit(ErrorKind kind) {
		return this.limits.get(kind);
	}

	private static boolean isUnwanted(Failure failure) {
		return failure.kind() == ErrorKind.CANCELLED
				&& (failure.cause() == CancellationCause.CLIENT || failure.cause() == CancellationCause.APPLICATION);
	}

	// Refused before any server behind saw it
	private static boolean isBadRequest(EndedCall call, Failure failure) {
		return failure.kind() == ErrorKind.PERMANENT && call.attempts() == 0
				&& (failure.grpcCode() == GrpcCodes.INVALID_ARGUMENT
						|| failure.httpStatus() == HttpCodes.CONTENT_TOO_LARGE);
	}

	private static String describe(EndedCall call, Failure failure) {
		StringBuilder line = new StringBuilder(256).append("Call failed: kind=").append(failure.kind());
		append(line, "cause", failure.cause());
		boolean usual = failure.grpcCode() == 0 || failure.grpcCode() == failure.kind().grpcCode();
		append(line, "grpcCode", usual ? null : failure.grpcCode());
		append(line, "downstreamStatus", (failure.downstreamHttpStatus() != 0) ? failure.downstreamHttpStatus() : null);
		append(line, "retryDelay", failure.retryDelay());
		append(line, "signal", call.signal().name().toLowerCase(Locale.ROOT));
		append(line, "pipeline", call.pipeline());
		append(line, "bytes", call.payloadBytes());
		append(line, "attempts", call.attempts());
		append(line, "millis", call.times().total().toMillis());
		TraceContext trace = call.context().trace();
		append(line, "traceId", (trace != null) ? trace.traceIdHex() : null);
		return line.append(": ").append(ErrorMessages.clean(failure.message(), MAX_MESSAGE_BYTES)).toString();
	}

	private static void append(StringBuilder line, String name, @Nullable Object value) {
		if (value != null) {
			line.append(' ').append(name).append('=').append(value);
		}
	}

	/**
	 * Lets ten lines through in ten seconds and counts the rest.
	 */
	static final class LineLimit {

		/** The line is not to be written. */
		static final long REFUSED = -1;

		private static final int LINES = 10;

		private static final long PERIOD_NANOS = 10_000_000_000L;

		private final LongSupplier ticker;

		private long periodStart;

		private int lines;

		private long leftOut;

		LineLimit(LongSupplier ticker) {
			this.ticker = ticker;
			this.periodStart = ticker.getAsLong();
		}

		/**
		 * Asks for a line.
		 * @return how many were refused since the last line, or {@link #REFUSED}
		 */
		synchronized long acquire() {
			long now = this.ticker.getAsLong();
			if (now - this.periodStart >= PERIOD_NANOS) {
				this.periodStart = now;
				this.lines = 0;
			}
			if (this.lines == LINES) {
				this.leftOut++;
				return REFUSED;
			}
			this.lines++;
			long before = this.leftOut;
			this.leftOut = 0;
			return before;
		}

	}

}
