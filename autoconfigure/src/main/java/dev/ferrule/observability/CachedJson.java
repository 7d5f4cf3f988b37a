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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.ferrule.json.Json;

/**
 * Cache of a JSON object of the engine, asked for at most once a second however many
 * meters read it. Keeps the last one when the engine has stopped.
 */
final class CachedJson {

	private static final long MAXIMUM_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ReentrantLock lock = new ReentrantLock();

	private final Supplier<String> source;

	private final LongSupplier ticker;

	private volatile Map<String, Object> current = Map.of();

	private volatile long readAt;

	CachedJson(Supplier<String> source, LongSupplier ticker) {
		this.source = source;
		this.ticker = ticker;
		this.readAt = ticker.getAsLong() - MAXIMUM_AGE_NANOS;
	}

	/**
	 * Returns the object. While one thread asks the engine, others get the last one.
	 * @return an object that is the same until it is asked for anew
	 */
	Map<String, Object> get() {
		if (this.ticker.getAsLong() - this.readAt >= MAXIMUM_AGE_NANOS && this.lock.tryLock()) {
			try {
				this.current = Json.readObject(this.source.get());
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

	/**
	 * Returns the objects in an array of an object.
	 * @param object the object
	 * @param key key of the array
	 * @return the objects, empty if there is no array
	 */
	static List<Map<?, ?>> objects(Map<?, ?> object, String key) {
		List<Map<?, ?>> objects = new ArrayList<>();
		if (object.get(key) instanceof Iterable<?> array) {
			for (Object element : array) {
				if (element instanceof Map<?, ?> map) {
					objects.add(map);
				}
			}
		}
		return objects;
	}

	/**
	 * Returns a number of an object.
	 * @param object the object
	 * @param key key of the number
	 * @return the number, NaN if there is none
	 */
	static double number(Map<?, ?> object, String key) {
		return (object.get(key) instanceof Number number) ? number.doubleValue() : Double.NaN;
	}

}
