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

package dev.ferrule.otlp.http;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.ferrule.context.Deadline;
import dev.ferrule.otlp.EdgeRefusals;
import org.jspecify.annotations.Nullable;

/**
 * Alarm for a body that is awaited: goes off at its deadline, or when it arrives too
 * slowly. Not needed where all of the body is there at once, as usual.
 */
final class BodyAlarm implements Runnable {

	private final ScheduledExecutorService timer;

	private final @Nullable Deadline deadline;

	private final long leastBytes;

	private final long measuredNanos;

	private final HttpExchange exchange;

	private volatile long received;

	private volatile @Nullable Future<?> next;

	private volatile boolean over;

	/** State of the measurement, which the timer alone looks at once it is set. */
	private long since;

	private long receivedBefore;

	BodyAlarm(AcceptedRequest request, HttpExchange exchange) {
		OtlpHttpOptions.Arrival arrival = request.options().arrival();
		this.timer = request.timer();
		this.deadline = request.context().deadline();
		this.measuredNanos = arrival.measured().toNanos();
		this.leastBytes = (long) Math.ceil(arrival.minBytesPerSecond() * (this.measuredNanos / 1e9));
		this.exchange = exchange;
	}

	/**
	 * Sets the alarm unless it is set. Called by one thread at a time.
	 * @param received how much of the body is there
	 */
	void await(long received) {
		this.received = received;
		if (this.next == null && !this.over && (this.deadline != null || this.leastBytes > 0)) {
			this.since = System.nanoTime();
			this.receivedBefore = received;
			schedule();
		}
	}

	/**
	 * Ends the alarm, which is not set again.
	 */
	void clear() {
		this.over = true;
		Future<?> next = this.next;
		if (next != null) {
			next.cancel(false);
		}
	}

	private void schedule() {
		long nanos = (this.leastBytes > 0) ? this.since + this.measuredNanos - System.nanoTime() : Long.MAX_VALUE;
		if (this.deadline != null) {
			nanos = Math.min(nanos, this.deadline.remainingNanos());
		}
		try {
			this.next = this.timer.schedule(this, Math.max(0, nanos), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The application is going down, and the container with its own timeout is
			// there.
			this.over = true;
		}
	}

	@Override
	public void run() {
		if (this.over) {
			return;
		}
		if (this.deadline != null && this.deadline.isExpired()) {
			this.exchange.onLateBody(EdgeRefusals.DEADLINE);
			return;
		}
		if (this.leastBytes > 0 && System.nanoTime() - this.since >= this.measuredNanos) {
			long received = this.received;
			if (received - this.receivedBefore < this.leastBytes) {
				this.exchange.onLateBody(EdgeRefusals.SLOW_BODY);
				return;
			}
			this.receivedBefore = received;
			this.since = System.nanoTime();
		}
		schedule();
	}

}
