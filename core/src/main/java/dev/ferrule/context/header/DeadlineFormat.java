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

package dev.ferrule.context.header;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Format in which a header spells the time that a call has. Of two headers with the same
 * time, the one whose format comes first here counts.
 */
public enum DeadlineFormat {

	/** Up to 8 digits and a unit, as in {@code grpc-timeout}: H, M, S, m, u, n. */
	GRPC(8) {

		@Override
		@Nullable TimeUnit unit(String suffix) {
			return switch (suffix) {
				case "H" -> TimeUnit.HOURS;
				case "M" -> TimeUnit.MINUTES;
				case "S" -> TimeUnit.SECONDS;
				case "m" -> TimeUnit.MILLISECONDS;
				case "u" -> TimeUnit.MICROSECONDS;
				case "n" -> TimeUnit.NANOSECONDS;
				default -> null;
			};
		}

	},

	/** Up to 10 digits, milliseconds, as in {@code connect-timeout-ms}. */
	CONNECT(10),

	/**
	 * Up to 18 digits, milliseconds, as in {@code x-envoy-expected-rq-timeout-ms}; 0
	 * means no deadline.
	 */
	ENVOY(18),

	/**
	 * Up to 18 digits and a unit, as in {@code x-request-timeout}: ns, us, ms, s, m, h;
	 * milliseconds without unit.
	 */
	DURATION(18) {

		@Override
		@Nullable TimeUnit unit(String suffix) {
			return switch (suffix) {
				case "ns" -> TimeUnit.NANOSECONDS;
				case "us" -> TimeUnit.MICROSECONDS;
				case "ms", "" -> TimeUnit.MILLISECONDS;
				case "s" -> TimeUnit.SECONDS;
				case "m" -> TimeUnit.MINUTES;
				case "h" -> TimeUnit.HOURS;
				default -> null;
			};
		}

	};

	/** Of values that do not have this format. */
	static final long INVALID = -1;

	/** Of values that say that there is no deadline. */
	static final long NO_DEADLINE = -2;

	private final int maximumDigits;

	DeadlineFormat(int maximumDigits) {
		this.maximumDigits = maximumDigits;
	}

	/**
	 * Reads a value.
	 * @param value value of the header, without white space around it
	 * @return nanoseconds, saturated at 2^63-1, or {@link #INVALID} or
	 * {@link #NO_DEADLINE}
	 */
	long parse(String value) {
		int digits = 0;
		while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
			digits++;
		}
		TimeUnit unit = (digits > 0 && digits <= this.maximumDigits) ? unit(value.substring(digits)) : null;
		if (unit == null) {
			return INVALID;
		}
		long time = Long.parseLong(value, 0, digits, 10);
		return (time == 0 && this == ENVOY) ? NO_DEADLINE : unit.toNanos(time);
	}

	@Nullable TimeUnit unit(String suffix) {
		return suffix.isEmpty() ? TimeUnit.MILLISECONDS : null;
	}

}
