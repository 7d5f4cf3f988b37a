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

package dev.ferrule.error;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A detail that a downstream added to its refusal, one of google.rpc's messages as a
 * rule. With {@code proto-google-common-protos} on the class path
 * {@link dev.ferrule.error.rpc.RpcDetails} turns it into the message.
 *
 * @param type URL that names the message, such as
 * {@code type.googleapis.com/google.rpc.ErrorInfo}
 * @param members members of its JSON mapping without {@code @type}; if the downstream
 * spoke protobuf only {@code value}, the message in base64
 */
public record ErrorDetail(String type, Map<String, Object> members) {

	private static final String VALUE = "value";

	/**
	 * Copies the members.
	 */
	public ErrorDetail {
		Objects.requireNonNull(type, "'type' must not be null");
		members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
	}

	/**
	 * Returns the full name of the message.
	 * @return the name, such as {@code google.rpc.ErrorInfo}
	 */
	public String typeName() {
		return this.type.substring(this.type.lastIndexOf('/') + 1);
	}

	/**
	 * Returns the message as the downstream encoded it.
	 * @return an encoded message, or {@code null} if the members hold it
	 */
	public byte @Nullable [] encoded() {
		if (this.members.size() != 1 || !(this.members.get(VALUE) instanceof String value)) {
			return null;
		}
		try {
			return Base64.getDecoder().decode(value);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
