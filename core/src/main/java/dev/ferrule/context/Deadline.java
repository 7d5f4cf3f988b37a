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

package dev.ferrule.context;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

import dev.ferrule.Internal;

/**
 * Monotonic instant by which a call must be over. Immutable and thread-safe. Wall clocks
 * play no part: they jump.
 */
public final class Deadline {

	private static final LongSupplier SYSTEM_TICKER = System::nanoTime;

	/**
	 * Reading of the ticker at which the deadline expires. Means nothing by itself, may
	 * have wrapped around: only its distance to another reading counts.
	 */
	private final long instant;

	private final LongSupplier ticker;

	private Deadline(long instant, LongSupplier ticker) {
		this.instant = instant;
		this.ticker = ticker;
	}

	/**
	 * Returns a deadline that lies the given time ahead of now.
	 * @param time time left; negative or zero gives an expired deadline, more than 2^63-1
	 * nanoseconds (292 years) saturates
	 * @return the deadline
	 */
	public static Deadline after(Duration time) {
		return after(time, SYSTEM_TICKER);
	}

	/**
	 * Returns a deadline that lies the given time ahead of now, on a clock of the
	 * caller's. Meant for tests.
	 * @param time time left, as for {@link #after(Duration)}
	 * @param ticker monotonic clock, in nanoseconds from an arbitrary origin
	 * @return the deadline
	 */
	public static Deadline after(Duration time, LongSupplier ticker) {
		return since(ticker.getAsLong(), time, ticker);
	}

	/**
	 * Returns a deadline that lies the given time ahead of an earlier moment, so that
	 * what happened since then counts.
	 * @param time time from the start, as for {@link #after(Duration)}
	 * @param startNanoTime reading of {@link System#nanoTime()} when the time began to
	 * run, such as when the headers of a request were complete
	 * @return the deadline
	 */
	@Internal
	public static Deadline since(long startNanoTime, Duration time) {
		return since(startNanoTime, time, SYSTEM_TICKER);
	}

	public static Deadline since(long start, Duration time, LongSupplier ticker) {
		return new Deadline(start + toNanos(time), ticker);
	}

	/**
	 * Converts to nanoseconds.
	 * @param time any time
	 * @return 0 to 2^63-1: one half of the range of long, so that adding it to any
	 * reading and subtracting a later one cannot wrap
	 */
	private static long toNanos(Duration time) {
		if (time.isNegative()) {
			return 0;
		}
		try {
			return time.toNanos();
		}
		catch (ArithmeticException ex) {
			return Long.MAX_VALUE;
		}
	}

	/**
	 * Returns the time left.
	 * @return nanoseconds left, zero or negative once expired
	 */
	public long remainingNanos() {
		return this.instant - this.ticker.getAsLong();
	}

	/**
	 * Returns whether no time is left.
	 * @return whether no time is left
	 */
	public boolean isExpired() {
		return remainingNanos() <= 0;
	}

	/**
	 * Returns the earlier of two deadlines.
	 * @param other deadline to compare with, on the same clock
	 * @return the earlier of both, this one if they are equal
	 * @throws IllegalArgumentException if the other deadline is on another clock
	 */
	public Deadline earlierOf(Deadline other) {
		Objects.requireNonNull(other, "'other' must not be null");
		if (other.ticker != this.ticker) {
			throw new IllegalArgumentException("Deadlines on different clocks cannot be compared");
		}
		long now = this.ticker.getAsLong();
		// The distance of both to now is at most 2^63-1; to each other it may be more
		return (other.instant - now < this.instant - now) ? other : this;
	}

	@Override
	public String toString() {
		return "Deadline[remaining=" + Duration.ofNanos(remainingNanos()) + "]";
	}

}
