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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rate limiter for log lines: lets an event be logged at most once in ten seconds, so
 * that a failure on the way of every call does not fill the log. The counters tell how
 * often it happened.
 */
final class LogRateLimiter {

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	/**
	 * Returns whether the event may be logged now.
	 * @return whether the event may be logged now
	 */
	boolean permits() {
		long now = System.nanoTime();
		long permitted = this.next.get();
		return now - permitted >= 0 && this.next.compareAndSet(permitted, now + INTERVAL_NANOS);
	}

}
