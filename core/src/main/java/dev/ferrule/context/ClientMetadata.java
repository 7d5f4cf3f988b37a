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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Metadata of a client, the headers captured from its request: an ordered multi-map with
 * ASCII-case-insensitive names. Immutable and thread-safe. {@link #toString()} never
 * prints values.
 * <p>
 * {@code :authority} is another name of {@code host}, so that both transports look alike.
 */
public final class ClientMetadata {

	private static final ClientMetadata EMPTY = new ClientMetadata(List.of());

	private final List<Entry> entries;

	private ClientMetadata(List<Entry> entries) {
		this.entries = entries;
	}

	/**
	 * Returns metadata without entries.
	 * @return the shared empty instance
	 */
	public static ClientMetadata empty() {
		return EMPTY;
	}

	/**
	 * Returns a builder.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns whether a name may be used: an RFC 9110 token, or {@code :authority}.
	 * @param name header name, any case
	 * @return whether {@link Builder#add} accepts the name
	 */
	public static boolean isLegalName(String name) {
		return HeaderNames.isLegal(name);
	}

	/**
	 * Returns whether a text value may be used.
	 * @param value header value
	 * @return whether {@link Builder#add} accepts the value: anything without NUL,
	 * carriage return and line feed
	 */
	public static boolean isLegalValue(String value) {
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if (character == '\r' || character == '\n' || character == '\0') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Returns the entries in the order in which they were captured.
	 * @return an unmodifiable list
	 */
	public List<Entry> entries() {
		return this.entries;
	}

	/**
	 * Returns whether there are no entries.
	 * @return whether there are no entries
	 */
	public boolean isEmpty() {
		return this.entries.isEmpty();
	}

	/**
	 * Returns the first text value of a name.
	 * @param name header name, any case
	 * @return the value, or {@code null}
	 */
	public @Nullable String first(String name) {
		String key = HeaderNames.canonical(name);
		for (Entry entry : this.entries) {
			if (!entry.binary() && entry.name().equals(key)) {
				return entry.text();
			}
		}
		return null;
	}

	/**
	 * Returns all text values of a name, in the order in which they were captured.
	 * @param name header name, any case
	 * @return an unmodifiable list, empty if there are none
	 */
	public List<String> values(String name) {
		String key = HeaderNames.canonical(name);
		return this.entries.stream()
			.filter((entry) -> !entry.binary() && entry.name().equals(key))
			.map(Entry::text)
			.toList();
	}

	/**
	 * Returns the host that the client addressed: {@code Host} or {@code :authority}.
	 * @return host, with the port if the client named it, or {@code null}
	 */
	public @Nullable String host() {
		return first(HeaderNames.HOST);
	}

	/**
	 * Returns the credentials of the client. Not to be printed.
	 * @return the {@code Authorization} header, or {@code null}
	 */
	public @Nullable String authorization() {
		return first("authorization");
	}

	/**
	 * Returns what the client calls itself.
	 * @return the {@code User-Agent} header, or {@code null}
	 */
	public @Nullable String userAgent() {
		return first("user-agent");
	}

	/**
	 * Returns this metadata with one text value of a name, in place of all that it has.
	 * @param name header name, any case
	 * @param value text
	 * @return new metadata
	 * @throws IllegalArgumentException as {@link Builder#add} does
	 */
	public ClientMetadata with(String name, String value) {
		Builder builder = builder();
		builder.entries.addAll(without(name).entries);
		return builder.add(name, value).build();
	}

	/**
	 * Returns this metadata without a name.
	 * @param name header name, any case
	 * @return new metadata, or this if it has no such name
	 */
	public ClientMetadata without(String name) {
		String key = HeaderNames.canonical(name);
		List<Entry> others = new ArrayList<>(this.entries);
		if (!others.removeIf((entry) -> entry.name().equals(key))) {
			return this;
		}
		return others.isEmpty() ? EMPTY : new ClientMetadata(List.copyOf(others));
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ClientMetadata metadata && this.entries.equals(metadata.entries);
	}

	@Override
	public int hashCode() {
		return this.entries.hashCode();
	}

	@Override
	public String toString() {
		return "ClientMetadata" + this.entries.stream().map(Entry::name).toList();
	}

	/**
	 * One captured header value.
	 *
	 * @param name lower-case ASCII name
	 * @param value raw bytes, UTF-8 where the header is text; not to be modified
	 * @param binary whether the value is binary (a {@code -bin} header)
	 * @param sensitive whether the value is a credential
	 */
	@SuppressWarnings("ArrayRecordComponent") // equals and toString take care of it
	public record Entry(String name, byte[] value, boolean binary, boolean sensitive) {

		/**
		 * Returns the value as text.
		 * @return the value, read as UTF-8
		 */
		public String text() {
			return new String(this.value, StandardCharsets.UTF_8);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Entry entry && this.name.equals(entry.name)
					&& Arrays.equals(this.value, entry.value) && this.binary == entry.binary
					&& this.sensitive == entry.sensitive;
		}

		@Override
		public int hashCode() {
			return 31 * this.name.hashCode() + Arrays.hashCode(this.value);
		}

		@Override
		public String toString() {
			return "Entry[" + this.name + ", " + this.value.length + " bytes" + (this.binary ? ", binary" : "")
					+ (this.sensitive ? ", sensitive]" : "]");
		}

	}

	/**
	 * Builds {@link ClientMetadata}. Not thread-safe. Credentials are recognised by name.
	 */
	public static final class Builder {

		private final List<Entry> entries = new ArrayList<>();

		Builder() {
		}

		/**
		 * Adds a text value.
		 * @param name header name, any case, ASCII
		 * @param value text
		 * @return this builder
		 * @throws IllegalArgumentException if the name is not a legal header name or the
		 * value holds a line break or NUL
		 */
		public Builder add(String name, String value) {
			if (!isLegalValue(value)) {
				throw new IllegalArgumentException(
						"The value of header '" + name + "' must not hold line breaks or NUL");
			}
			return add(name, value.getBytes(StandardCharsets.UTF_8), false);
		}

		/**
		 * Adds a binary value.
		 * @param name header name, any case, ASCII
		 * @param value bytes, copied
		 * @return this builder
		 * @throws IllegalArgumentException if the name is not a legal header name
		 */
		public Builder addBinary(String name, byte[] value) {
			return add(name, value.clone(), true);
		}

		private Builder add(String name, byte[] value, boolean binary) {
			Objects.requireNonNull(name, "'name' must not be null");
			String key = HeaderNames.requireLegal(name);
			this.entries.add(new Entry(key, value, binary, HeaderNames.isSensitive(key)));
			return this;
		}

		/**
		 * Builds the metadata.
		 * @return immutable metadata
		 */
		public ClientMetadata build() {
			return this.entries.isEmpty() ? EMPTY : new ClientMetadata(List.copyOf(this.entries));
		}

	}

}
