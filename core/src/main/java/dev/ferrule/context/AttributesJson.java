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

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Writer of application values as JSON, whatever they are: what cannot be written becomes
 * {@code null} or is left out, because no call is worth losing for it.
 */
final class AttributesJson {

	static final int MAXIMUM_DEPTH = 32;

	static final int MAXIMUM_VALUES = 10_000;

	/** What a frame has room for beside as many headers as may be captured. */
	static final int MAXIMUM_BYTES = 480 * 1024;

	private static final int MAXIMUM_BYTES_OF_CHARACTER = 3;

	/** Of this process: contexts are made without an engine, too. */
	private static final LongAdder degraded = new LongAdder();

	private final Set<Object> ancestors = Collections.newSetFromMap(new IdentityHashMap<>());

	private int values;

	private boolean complete = true;

	private AttributesJson() {
	}

	/**
	 * Returns how many attributes were not written as they are.
	 * @return documents
	 */
	static long degradedCount() {
		return degraded.sum();
	}

	/**
	 * Writes values.
	 * @param attributes any values
	 * @return a JSON object, or {@code null} if there are no values
	 */
	static @Nullable String write(Map<String, ?> attributes) {
		AttributesJson writer = new AttributesJson();
		Object copy = writer.copy(attributes);
		if (!writer.complete) {
			degraded.increment();
		}
		return (copy instanceof Map<?, ?> map && !map.isEmpty()) ? Json.write(map) : null;
	}

	/**
	 * Leaves out a document that no frame can take.
	 * @param json document
	 * @return the document, or {@code null} if it is too long or blank
	 */
	static @Nullable String fitting(@Nullable String json) {
		if (json == null || json.isBlank()) {
			return null;
		}
		if (json.length() > MAXIMUM_BYTES / MAXIMUM_BYTES_OF_CHARACTER
				&& (json.length() > MAXIMUM_BYTES || json.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_BYTES)) {
			degraded.increment();
			return null;
		}
		return json;
	}

	private @Nullable Object copy(@Nullable Object value) {
		this.values++;
		if (value == null || value instanceof Boolean || value instanceof String) {
			return value;
		}
		boolean container = value instanceof Map || value instanceof Collection || value.getClass().isArray();
		if ((container && this.ancestors.size() == MAXIMUM_DEPTH) || !this.ancestors.add(value)) {
			return unwritable();
		}
		try {
			if (value instanceof Map<?, ?> map) {
				return copyMap(map);
			}
			if (value instanceof Collection<?> collection) {
				return copyAll(collection);
			}
			if (value.getClass().isArray()) {
				return copyArray(value);
			}
			return isNumber(value) ? number((Number) value) : value.toString();
		}
		catch (RuntimeException | StackOverflowError ex) {
			// Of code of the application: iterators, keys, toString
			return unwritable();
		}
		finally {
			this.ancestors.remove(value);
		}
	}

	private Map<String, @Nullable Object> copyMap(Map<?, ?> map) {
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			if (isFull()) {
				break;
			}
			copy.put(String.valueOf(entry.getKey()), copy(entry.getValue()));
		}
		return copy;
	}

	private List<@Nullable Object> copyAll(Collection<?> values) {
		List<@Nullable Object> copy = new ArrayList<>();
		for (Object value : values) {
			if (isFull()) {
				break;
			}
			copy.add(copy(value));
		}
		return copy;
	}

	private List<@Nullable Object> copyArray(Object array) {
		List<@Nullable Object> copy = new ArrayList<>();
		for (int i = 0; i < Array.getLength(array) && !isFull(); i++) {
			copy.add(copy(Array.get(array, i)));
		}
		return copy;
	}

	private boolean isFull() {
		boolean full = this.values >= MAXIMUM_VALUES;
		this.complete &= !full;
		return full;
	}

	private static boolean isNumber(Object value) {
		// Only of these is it known that their text is a number
		return value instanceof Number && value.getClass().getName().startsWith("java.");
	}

	private @Nullable Object number(Number number) {
		boolean exact = number instanceof BigInteger || number instanceof BigDecimal;
		return (exact || Double.isFinite(number.doubleValue())) ? number : unwritable();
	}

	private @Nullable Object unwritable() {
		this.complete = false;
		return null;
	}

}
