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

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import dev.ferrule.Internal;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.cancellation.CancellationToken;
import org.jspecify.annotations.Nullable;

/**
 * Immutable context of one call, carried to the engine with each submission. Thread-safe.
 */
public final class CallContext {

	private static final CallContext BACKGROUND = builder().build();

	private final @Nullable Deadline deadline;

	private final CancellationToken cancellation;

	private final @Nullable CancellationSource source;

	private final @Nullable TraceContext trace;

	private final SharedContextPart shared;

	private CallContext(@Nullable Deadline deadline, CancellationToken cancellation,
			@Nullable CancellationSource source, @Nullable TraceContext trace, SharedContextPart shared) {
		this.deadline = deadline;
		this.cancellation = cancellation;
		this.source = source;
		this.trace = trace;
		this.shared = shared;
	}

	/**
	 * Returns a builder for a context without deadline, cancellation, metadata or trace.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the context of work that no request asked for, with nothing in it.
	 * @return the shared instance
	 */
	public static CallContext background() {
		return BACKGROUND;
	}

	/**
	 * Returns by when the call must be over.
	 * @return the deadline, or {@code null} if the caller set none
	 */
	public @Nullable Deadline deadline() {
		return this.deadline;
	}

	/**
	 * Returns what tells that the caller lost interest.
	 * @return the token, {@link CancellationToken#none()} if nobody can cancel
	 */
	public CancellationToken cancellation() {
		return this.cancellation;
	}

	/**
	 * Returns the captured headers.
	 * @return the metadata, possibly empty
	 */
	public ClientMetadata metadata() {
		return this.shared.metadata();
	}

	/**
	 * Returns the span under which the call runs.
	 * @return the trace context, or {@code null} if the call is not traced
	 */
	public @Nullable TraceContext trace() {
		return this.trace;
	}

	/**
	 * Returns nested application values as a JSON object.
	 * @return the JSON text, or {@code null} if there are none
	 */
	public @Nullable String attributesJson() {
		return this.shared.attributesJson();
	}

	/**
	 * Returns a context whose deadline is the earlier of its own and the given one.
	 * @param other deadline to apply
	 * @return a context that does not end later than before, and alone
	 * @throws IllegalArgumentException if the two deadlines are on different clocks
	 */
	public CallContext withDeadline(Deadline other) {
		Objects.requireNonNull(other, "'other' must not be null");
		Deadline earlier = (this.deadline != null) ? this.deadline.earlierOf(other) : other;
		return (earlier == this.deadline) ? this
				: new CallContext(earlier, this.cancellation, null, this.trace, this.shared);
	}

	/**
	 * Returns a context that another token cancels.
	 * @param cancellation replaces the token of this context
	 * @return the context
	 */
	public CallContext withCancellation(CancellationToken cancellation) {
		Objects.requireNonNull(cancellation, "'cancellation' must not be null");
		return new CallContext(this.deadline, cancellation, null, this.trace, this.shared);
	}

	/**
	 * Returns a context under another span.
	 * @param trace trace context, or {@code null} for none
	 * @return the context
	 */
	public CallContext withTrace(@Nullable TraceContext trace) {
		return new CallContext(this.deadline, this.cancellation, this.source, trace, this.shared);
	}

	/**
	 * Returns a context with other metadata.
	 * @param metadata replaces the metadata of this context
	 * @return the context
	 */
	public CallContext withMetadata(ClientMetadata metadata) {
		Objects.requireNonNull(metadata, "'metadata' must not be null");
		return new CallContext(this.deadline, this.cancellation, this.source, this.trace,
				new SharedContextPart(metadata, this.shared.attributesJson()));
	}

	/**
	 * Returns a context with other attributes.
	 * @param attributesJson as for {@link Builder#attributesJson}
	 * @return the context
	 */
	public CallContext withAttributesJson(@Nullable String attributesJson) {
		return new CallContext(this.deadline, this.cancellation, this.source, this.trace,
				new SharedContextPart(this.shared.metadata(), attributesJson));
	}

	/**
	 * Returns an encoded form, made once for contexts of the same metadata and
	 * attributes.
	 * @param <T> type of the encoded form, immutable
	 * @param type type of the encoded form
	 * @param encoder encodes the two; may run more than once where threads race
	 * @return the encoded form
	 */
	@Internal
	public <T> T cached(Class<T> type, Function<CallContext, T> encoder) {
		return this.shared.cached(type, this, encoder);
	}

	/**
	 * Ends all work under this context, unless it was made with a token only.
	 * @param cause the deadline passed or the engine stops
	 */
	@Internal
	public void end(CancellationCause cause) {
		if (this.source != null) {
			this.source.cancel(cause);
		}
	}

	@Override
	public String toString() {
		return "CallContext[deadline=" + this.deadline + ", cancellation=" + this.cancellation + ", trace=" + this.trace
				+ ", " + this.shared + "]";
	}

	/**
	 * Builds a {@link CallContext}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable Deadline deadline;

		private CancellationToken cancellation = CancellationToken.none();

		private @Nullable CancellationSource source;

		private ClientMetadata metadata = ClientMetadata.empty();

		private @Nullable TraceContext trace;

		private @Nullable String attributesJson;

		Builder() {
		}

		/**
		 * Sets by when the call must be over. Replaces what was set before; to shorten
		 * it, combine both with {@link Deadline#earlierOf}.
		 * @param deadline deadline, or {@code null} for none
		 * @return this builder
		 */
		public Builder deadline(@Nullable Deadline deadline) {
			this.deadline = deadline;
			return this;
		}

		/**
		 * Sets what tells that the caller lost interest.
		 * @param cancellation token
		 * @return this builder
		 */
		public Builder cancellation(CancellationToken cancellation) {
			this.cancellation = Objects.requireNonNull(cancellation, "'cancellation' must not be null");
			this.source = null;
			return this;
		}

		/**
		 * Sets what tells that the caller lost interest, and is told in turn when the
		 * deadline passes in the engine or before a submission, or the engine stops.
		 * @param cancellation source
		 * @return this builder
		 */
		public Builder cancellation(CancellationSource cancellation) {
			this.cancellation = cancellation.token();
			this.source = cancellation;
			return this;
		}

		/**
		 * Sets the captured headers.
		 * @param metadata metadata
		 * @return this builder
		 */
		public Builder metadata(ClientMetadata metadata) {
			this.metadata = Objects.requireNonNull(metadata, "'metadata' must not be null");
			return this;
		}

		/**
		 * Sets the span under which the call runs.
		 * @param trace trace context, or {@code null} for none
		 * @return this builder
		 */
		public Builder trace(@Nullable TraceContext trace) {
			this.trace = trace;
			return this;
		}

		/**
		 * Sets nested application values. Not validated: the engine skips what does not
		 * parse. More than 480 KiB are left out and counted.
		 * @param attributesJson a JSON object, or {@code null} for none
		 * @return this builder
		 */
		public Builder attributesJson(@Nullable String attributesJson) {
			this.attributesJson = attributesJson;
			return this;
		}

		/**
		 * Sets nested application values. What cannot be written (NaN, cycles, over 32
		 * levels, 10000 values or 480 KiB) becomes {@code null} and is counted.
		 * @param attributes maps, collections, arrays, strings, finite numbers, booleans
		 * and {@code null}; anything else as its string
		 * @return this builder
		 */
		public Builder attributes(Map<String, ?> attributes) {
			return attributesJson(AttributesJson.write(attributes));
		}

		/**
		 * Builds the context.
		 * @return immutable context
		 */
		public CallContext build() {
			return new CallContext(this.deadline, this.cancellation, this.source, this.trace,
					new SharedContextPart(this.metadata, this.attributesJson));
		}

	}

}
