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

package dev.ferrule.engine.jna.abi;

import java.time.Duration;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Limits of the time that calls have.
 *
 * @param defaultNanos time of a call without deadline, in nanoseconds
 * @param maximumNanos longest time of any call, in nanoseconds
 */
public record TimeLimits(long defaultNanos, long maximumNanos) {

	/**
	 * Time left without limit, in nanoseconds: 73 years, so that sums with clocks do not
	 * overflow.
	 */
	static final long UNLIMITED = Long.MAX_VALUE / 4;

	/**
	 * Creates the limits.
	 * @param defaultTime time of a call without deadline, {@code null} for no limit
	 * @param maximumTime longest time of any call, {@code null} for no limit
	 * @return the limits
	 */
	public static TimeLimits of(@Nullable Duration defaultTime, @Nullable Duration maximumTime) {
		long maximum = nanos(maximumTime);
		return new TimeLimits(Math.min(nanos(defaultTime), maximum), maximum);
	}

	/**
	 * Returns the time that a call has left.
	 * @param context context of the call
	 * @return nanoseconds, zero or less if the deadline passed
	 */
	public long remaining(CallContext context) {
		Deadline deadline = context.deadline();
		return (deadline != null) ? Math.min(deadline.remainingNanos(), this.maximumNanos) : this.defaultNanos;
	}

	private static long nanos(@Nullable Duration time) {
		return (time != null && time.compareTo(Duration.ofNanos(UNLIMITED)) < 0) ? time.toNanos() : UNLIMITED;
	}

}
