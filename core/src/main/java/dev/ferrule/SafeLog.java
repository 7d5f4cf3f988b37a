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

package dev.ferrule;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Log of code that has to go on whatever the logger does, such as all code on the way of
 * an outcome: what appenders and filters of the application throw ends here. To be used
 * after the work is done. Thread-safe.
 */
@Internal
public final class SafeLog {

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final Logger logger;

	private final long intervalNanos;

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	private SafeLog(Class<?> type, long intervalNanos) {
		this.logger = LoggerFactory.getLogger(type);
		this.intervalNanos = intervalNanos;
	}

	/**
	 * Returns a log that writes every line.
	 * @param type names the logger
	 * @return the log
	 */
	public static SafeLog of(Class<?> type) {
		return new SafeLog(type, 0);
	}

	/**
	 * Returns a log that writes at most one line in ten seconds, so that a failure on the
	 * way of every call does not fill the log. The counters tell how often it happened.
	 * @param type names the logger
	 * @return the log
	 */
	public static SafeLog limited(Class<?> type) {
		return new SafeLog(type, INTERVAL_NANOS);
	}

	public void error(String message, @Nullable Throwable ex) {
		log(Level.ERROR, message, ex);
	}

	public void warn(String message, @Nullable Throwable ex) {
		log(Level.WARN, message, ex);
	}

	public void debug(String message, @Nullable Throwable ex) {
		log(Level.DEBUG, message, ex);
	}

	public void trace(String message, @Nullable Throwable ex) {
		log(Level.TRACE, message, ex);
	}

	private void log(Level level, String message, @Nullable Throwable ex) {
		try {
			if (this.logger.isEnabledForLevel(level) && isPermitted()) {
				this.logger.atLevel(level).setCause(ex).log(message);
			}
		}
		catch (Throwable failure) {
			// Whoever logs has nobody to tell, and something better to do
		}
	}

	private boolean isPermitted() {
		if (this.intervalNanos == 0) {
			return true;
		}
		long now = System.nanoTime();
		long permitted = this.next.get();
		return now - permitted >= 0 && this.next.compareAndSet(permitted, now + this.intervalNanos);
	}

}
