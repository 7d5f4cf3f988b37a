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

package dev.ferrule.context.header;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.ferrule.context.HeaderNames;
import org.jspecify.annotations.Nullable;

/**
 * Settings that name the captured headers which exporters send on. Immutable.
 *
 * @param headers names in lower case, each once
 * @param allowCredentials whether the names may include credentials
 */
public record OutboundSettings(List<String> headers, boolean allowCredentials) {

	/**
	 * Names that belong to the transport, the encoder of deadlines or the propagator,
	 * beside those of one connection and of the framing.
	 */
	private static final Set<String> RESERVED = Set.of(HeaderNames.HOST, "user-agent", "accept-encoding",
			"content-type", "traceparent", "tracestate", "grpc-previous-rpc-attempts");

	/**
	 * Validates and copies.
	 * @throws IllegalArgumentException if a name cannot be sent on
	 */
	public OutboundSettings {
		Set<String> names = new LinkedHashSet<>();
		for (String name : headers) {
			Problem problem = problem(name, allowCredentials);
			if (problem != null) {
				throw new IllegalArgumentException("'" + HeaderNames.printable(name) + "': " + problem);
			}
			names.add(HeaderNames.canonical(name));
		}
		headers = List.copyOf(names);
	}

	/**
	 * Returns what keeps a header from being sent on.
	 * @param name header name, any case
	 * @param allowCredentials whether credentials may be sent on
	 * @return the problem, or {@code null} if there is none
	 */
	public static @Nullable Problem problem(String name, boolean allowCredentials) {
		String key = HeaderNames.canonical(name);
		if (!HeaderNames.isLegal(name) && !name.startsWith(":")) {
			return Problem.ILLEGAL;
		}
		if (HeaderNames.isSensitive(key) && !allowCredentials) {
			return Problem.CREDENTIAL;
		}
		boolean reserved = key.startsWith(":") || RESERVED.contains(key) || HeaderNames.isHopByHop(key)
				|| HeaderNames.isFraming(key) || HeaderNames.isReservedForGrpc(key)
				|| DeadlineSettings.standardHeaders().containsKey(key);
		return reserved ? Problem.RESERVED : null;
	}

	/**
	 * Why a header cannot be sent on.
	 */
	public enum Problem {

		/** The name is no RFC 9110 token. */
		ILLEGAL("not a legal header name"),

		/** The header belongs to the transport, the deadline or the trace. */
		RESERVED("reserved header cannot be forwarded"),

		/** The header is a credential, which is not allowed. */
		CREDENTIAL("credential header needs allow-credentials: true");

		private final String text;

		Problem(String text) {
			this.text = text;
		}

		/**
		 * Returns the problem in words.
		 * @return a clause in lower case
		 */
		@Override
		public String toString() {
			return this.text;
		}

	}

}
