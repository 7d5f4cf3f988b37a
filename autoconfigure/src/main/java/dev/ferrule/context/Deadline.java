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

/**
 * A monotonic instant by which a call must be over. Immutable.
 */
public final class Deadline {

	/**
	 * Returns a deadline that lies the given time ahead of now.
	 * @param time time left; negative or zero gives an expired deadline, too long saturates
	 * @return the deadline
	 */
	public static Deadline after(Duration time) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns the time left.
	 * @return nanoseconds left, zero or negative once expired
	 */
	public long remainingNanos() {
		throw new UnsupportedOperationException("skeleton");
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
	 * @return the earlier of both
	 */
	public Deadline earlierOf(Deadline other) {
		throw new UnsupportedOperationException("skeleton");
	}

}
