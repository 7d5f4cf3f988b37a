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

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import dev.ferrule.Internal;

/**
 * Counters of what was wrong with requests and did not refuse them. Thread-safe; each
 * number only grows.
 */
public final class ContextStatistics {

	private final LongAdder invalidDeadlines = new LongAdder();

	private final LongAdder clampedDeadlines = new LongAdder();

	private final LongAdder[] droppedMetadata = Stream.generate(LongAdder::new)
		.limit(MetadataDrop.values().length)
		.toArray(LongAdder[]::new);

	private final LongAdder invalidTraceparents = new LongAdder();

	private final LongAdder invalidTracestates = new LongAdder();

	/**
	 * Returns how many deadline headers were malformed.
	 * @return header values
	 */
	public long invalidDeadlines() {
		return this.invalidDeadlines.sum();
	}

	/**
	 * Returns how many requests asked for more time than the maximum.
	 * @return requests
	 */
	public long clampedDeadlines() {
		return this.clampedDeadlines.sum();
	}

	/**
	 * Returns how many header values were not captured for a reason.
	 * @param reason the reason
	 * @return header values
	 */
	public long droppedMetadata(MetadataDrop reason) {
		return this.droppedMetadata[reason.ordinal()].sum();
	}

	/**
	 * Returns how many requests had a malformed {@code traceparent}, or several.
	 * @return requests
	 */
	public long invalidTraceparents() {
		return this.invalidTraceparents.sum();
	}

	/**
	 * Returns how many requests had a malformed {@code tracestate}, which was dropped.
	 * @return requests
	 */
	public long invalidTracestates() {
		return this.invalidTracestates.sum();
	}

	/**
	 * Returns how many attributes could not be written as they are, in this process.
	 * @return sets of attributes
	 */
	public long degradedAttributes() {
		return AttributesJson.degradedCount();
	}

	@Internal
	public void invalidDeadline() {
		this.invalidDeadlines.increment();
	}

	@Internal
	public void clampedDeadline() {
		this.clampedDeadlines.increment();
	}

	@Internal
	public void dropped(MetadataDrop reason) {
		this.droppedMetadata[reason.ordinal()].increment();
	}

	@Internal
	public void invalidTraceparent() {
		this.invalidTraceparents.increment();
	}

	@Internal
	public void invalidTracestate() {
		this.invalidTracestates.increment();
	}

}
