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

import dev.ferrule.SafeLog;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.RecordCursor;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Dispatcher that gives each record of a poll to whom it belongs. Survives anything that
 * a record may hold.
 */
public final class RecordDispatcher {

	private static final Failure UNREADABLE = new Failure(ErrorKind.PERMANENT, 0, 0, 0, true, null, null, true,
			"The engine's answer could not be read.", null);

	private final CallTable calls;

	private final OutcomeDelivery delivery;

	private final LogSink logSink;

	private final CancellationSender cancellations;

	private final CallStatistics statistics;

	private final SafeLog log = SafeLog.limited(RecordDispatcher.class);

	public RecordDispatcher(CallTable calls, OutcomeDelivery delivery, LogSink logSink,
			CancellationSender cancellations, CallStatistics statistics) {
		this.calls = calls;
		this.delivery = delivery;
		this.logSink = logSink;
		this.cancellations = cancellations;
		this.statistics = statistics;
	}

	/**
	 * Dispatches all records. A record whose length is wrong ends the batch, because the
	 * next one cannot be found; calls that this hides are ended by the timer.
	 * @param record cursor on the buffer
	 * @param bytes valid bytes of the buffer
	 */
	void dispatch(RecordCursor record, int bytes) {
		int position = 0;
		while (position < bytes) {
			if (!record.moveTo(position, bytes)) {
				malformed("A record at " + position + " of " + bytes + " bytes has a wrong length", null);
				return;
			}
			position += record.length();
			try {
				dispatch(record);
			}
			catch (Throwable ex) {
				malformed("A record could not be dispatched", ex);
			}
		}
	}

	private void dispatch(RecordCursor record) {
		switch (record.type()) {
			case RecordLayout.TYPE_COMPLETION -> complete(record);
			case RecordLayout.TYPE_LOG -> this.logSink.log(record.kind(), record.details(), record.message());
			default -> malformed("A record has the unknown type " + record.type(), null);
		}
	}

	private void complete(RecordCursor record) {
		Duration cancelTime = (record.kind() == ErrorKind.CANCELLED.code()) ? this.cancellations.end(record.callId())
				: null;
		EngineCall call = this.calls.take(record.callId());
		if (call == null) {
			this.statistics.late();
			return;
		}
		Object outcome = decode(record, cancelTime);
		if (outcome instanceof ExportResult result) {
			this.delivery.succeed(call, result);
		}
		else {
			this.delivery.fail(call, (MeasuredFailure) outcome);
		}
	}

	private Object decode(RecordCursor record, @Nullable Duration cancelTime) {
		// Reads the outcome of a call that is out of the table, and so must get one
		// whatever its record holds
		try {
			return (record.kind() == 0) ? record.result() : failure(record, cancelTime);
		}
		catch (RuntimeException | Error ex) {
			malformed("The outcome of a call could not be read", ex);
			return MeasuredFailure.atOnce(TelemetryEngineException.of(UNREADABLE));
		}
	}

	private MeasuredFailure failure(RecordCursor record, @Nullable Duration cancelTime) {
		Failure failure = record.failure();
		if (record.isDegraded()) {
			this.statistics.degradedError();
			this.log.warn("A failure of the engine lost something that is too long or not understood by this version",
					null);
		}
		return new MeasuredFailure(TelemetryEngineException.of(failure),
				new EndedCall.Times(record.queued(), record.processing(), record.exporting()), record.attempts(),
				cancelTime);
	}

	private void malformed(String message, @Nullable Throwable ex) {
		this.statistics.malformedRecord();
		this.log.error(message, ex);
	}

	/**
	 * Receiver of the engine's log lines, called on the poll thread.
	 */
	@FunctionalInterface
	public interface LogSink {

		/**
		 * Takes a line; never blocks.
		 * @param level number of the level, 1 trace to 5 error
		 * @param target where in the engine the line comes from, or {@code null}
		 * @param message text, or {@code null} for none
		 */
		void log(int level, @Nullable String target, @Nullable String message);

	}

}
