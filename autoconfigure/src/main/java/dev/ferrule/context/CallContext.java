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

import dev.ferrule.cancellation.CancellationToken;
import org.jspecify.annotations.Nullable;

/**
 * Immutable facts of one call, carried to the engine with each submission.
 */
public final class CallContext {

	/**
	 * Returns a builder for a context without deadline, cancellation, metadata or trace.
	 * @return a new builder
	 */
	public static Builder builder() {
		throw new UnsupportedOperationException("skeleton");
	}

	public @Nullable Deadline deadline() {
		throw new UnsupportedOperationException("skeleton");
	}

	public CancellationToken cancellation() {
		throw new UnsupportedOperationException("skeleton");
	}

	public ClientMetadata metadata() {
		throw new UnsupportedOperationException("skeleton");
	}

	public @Nullable TraceContext trace() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns nested application values as a JSON object.
	 * @return JSON text, or {@code null} if there are none
	 */
	public @Nullable String attributesJson() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns a context whose deadline is the earlier of its own and the given one.
	 * @param other deadline to apply
	 * @return a context that does not end later than before
	 */
	public CallContext withDeadline(Deadline other) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Builds a {@link CallContext}. Not thread-safe.
	 */
	public static final class Builder {

		public Builder deadline(@Nullable Deadline deadline) {
			throw new UnsupportedOperationException("skeleton");
		}

		public Builder cancellation(CancellationToken cancellation) {
			throw new UnsupportedOperationException("skeleton");
		}

		public Builder metadata(ClientMetadata metadata) {
			throw new UnsupportedOperationException("skeleton");
		}

		public Builder trace(@Nullable TraceContext trace) {
			throw new UnsupportedOperationException("skeleton");
		}

		public Builder attributesJson(@Nullable String attributesJson) {
			throw new UnsupportedOperationException("skeleton");
		}

		public CallContext build() {
			throw new UnsupportedOperationException("skeleton");
		}

	}

}
