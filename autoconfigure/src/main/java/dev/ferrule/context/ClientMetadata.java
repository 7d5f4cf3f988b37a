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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Headers captured from a request: an ordered multi-map with ASCII-case-insensitive names.
 * Immutable. {@link #toString()} never prints values.
 */
public final class ClientMetadata {

	/**
	 * Returns metadata without entries.
	 * @return the shared empty instance
	 */
	public static ClientMetadata empty() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns a builder.
	 * @return a new builder
	 */
	public static Builder builder() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns the entries in the order in which they were captured.
	 * @return an unmodifiable list
	 */
	public List<Entry> entries() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns the first text value of a name.
	 * @param name header name, any case
	 * @return the value, or {@code null}
	 */
	public @Nullable String first(String name) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * One captured header value.
	 *
	 * @param name lower-case ASCII name
	 * @param value raw bytes, UTF-8 where the header is text; not to be modified
	 * @param binary whether the value is binary (a {@code -bin} header)
	 * @param sensitive whether the value is a credential
	 */
	public record Entry(String name, byte[] value, boolean binary, boolean sensitive) {
	}

	/**
	 * Builds {@link ClientMetadata}. Not thread-safe.
	 */
	public static final class Builder {

		/**
		 * Adds a text value.
		 * @param name header name, any case, ASCII
		 * @param value text
		 * @return this builder
		 */
		public Builder add(String name, String value) {
			throw new UnsupportedOperationException("skeleton");
		}

		/**
		 * Adds a binary value.
		 * @param name header name, any case, ASCII
		 * @param value bytes, copied
		 * @return this builder
		 */
		public Builder addBinary(String name, byte[] value) {
			throw new UnsupportedOperationException("skeleton");
		}

		/**
		 * Builds the metadata.
		 * @return immutable metadata
		 */
		public ClientMetadata build() {
			throw new UnsupportedOperationException("skeleton");
		}

	}

}
