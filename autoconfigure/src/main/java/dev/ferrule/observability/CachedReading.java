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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Cache of what the engine tells, asked for at most once a second however many meters
 * read it. Keeps the last one when the engine has stopped.
 *
 * @param <T> type of what it tells
 */
final class CachedReading<T> {

	private static final long MAXIMUM_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ReentrantLock lock = new ReentrantLock();

	private final Supplier<T> source;

	private final LongSupplier ticker;

	private volatile @Nullable T current;

	private volatile long readAt;

	CachedReading(Supplier<T> source, LongSupplier ticker) {
		this.source = source;
		this.ticker = ticker;
		this.readAt = ticker.getAsLong() - MAXIMUM_AGE_NANOS;
	}

	/**
	 * Returns what was read last. While one thread asks the engine, others get the last
	 * one.
	 * @return an object that is the same until it is asked for anew, or {@code null} if
	 * the engine never answered
	 */
	@Nullable T get() {
		if (this.ticker.getAsLong() - this.readAt >= MAXIMUM_AGE_NANOS && this.lock.tryLock()) {
			try {
				this.current = this.source.get();
			}
			catch (RuntimeException ex) {
				// It has stopped, what it told last stays true
			}
			finally {
				this.readAt = this.ticker.getAsLong();
				this.lock.unlock();
			}
		}
		return this.current;
	}

}
