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

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The part of a context that several submissions share, with its encoded form.
 */
final class SharedContextPart {

	private final ClientMetadata metadata;

	private final @Nullable String attributesJson;

	private volatile @Nullable Object encoded;

	SharedContextPart(ClientMetadata metadata, @Nullable String attributesJson) {
		this.metadata = metadata;
		this.attributesJson = AttributesJson.fitting(attributesJson);
	}

	ClientMetadata metadata() {
		return this.metadata;
	}

	@Nullable String attributesJson() {
		return this.attributesJson;
	}

	<T> T cached(Class<T> type, CallContext context, Function<CallContext, T> encoder) {
		Object present = this.encoded;
		if (type.isInstance(present)) {
			return type.cast(present);
		}
		T made = encoder.apply(context);
		this.encoded = made;
		return made;
	}

	@Override
	public String toString() {
		return "metadata=" + this.metadata + ", attributes=" + (this.attributesJson != null);
	}

}
