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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.ferrule.SafeLog;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Periodic task that is the last net: ends calls that are still pending some time after
 * their deadline. The engine ends them itself, so if this ever finds one there is a bug.
 * Finds outcomes, too, that the executor lets wait so long. Looks at the whole table once
 * in a second; a single call pays nothing for it.
 *
 * <p>
 * After a pause of the whole process (collection of garbage, a frozen container, a
 * suspended machine) outcomes may be there that nobody could fetch yet. So where a round
 * is as late as a call would have to be, it is left to the next one.
 */
public final class OverdueSweep implements Runnable, AutoCloseable {

	/** What a call ends with. */
	public static final Failure FAILURE = new Failure(ErrorKind.TIMEOUT, 0, 0, 0, false, null, null, true,
			"The deadline passed and the engine did not answer.", null);

	/** How long the engine may be late beyond its grace; in nanoseconds. */
	static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final SafeLog log = SafeLog.of(OverdueSweep.class);

	private static final long PERIOD_SECONDS = 1;

	private final CallTable calls;

	private final Consumer<EngineCall> finisher;

	private final Consumer<EngineCall> rescuer;

	private final long lateNanos;

	private final LongSupplier ticker;

	private final ScheduledThreadPoolExecutor timer;

	private long lastRound;

	private boolean skipped;

	public OverdueSweep(CallTable calls, Consumer<EngineCall> finisher, Consumer<EngineCall> rescuer, Duration grace,
			String namePrefix, LongSupplier ticker) {
		this.calls = calls;
		this.finisher = finisher;
		this.rescuer = rescuer;
		this.lateNanos = grace.toNanos() + SLACK_NANOS;
		this.ticker = ticker;
		this.lastRound = ticker.getAsLong();
		this.timer = new ScheduledThreadPoolExecutor(1, EngineThreadFactory.factory(namePrefix + "-timer"));
	}

	public void start() {
		this.timer.scheduleWithFixedDelay(this, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public void run() {
		try {
			long now = this.ticker.getAsLong();
			if (!isAfterPause(now)) {
				this.calls.forEachStuck(now - this.lateNanos, this.rescuer);
				this.calls.takeOverdue(now - this.lateNanos, this::end);
			}
		}
		catch (Throwable ex) {
			// An exception here would end the timer
			log.error("Looking for overdue calls failed", ex);
		}
	}

	private synchronized boolean isAfterPause(long now) {
		// Not twice in a row: the net must hold on a machine that always stutters
		this.skipped = !this.skipped && now - this.lastRound >= this.lateNanos;
		this.lastRound = now;
		return this.skipped;
	}

	private void end(EngineCall call) {
		try {
			this.finisher.accept(call);
		}
		catch (Throwable ex) {
			// The others are overdue too
			log.error("An overdue call could not be ended", ex);
		}
		log.error("Call " + call.id() + " was still pending after its deadline, please report this", null);
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
