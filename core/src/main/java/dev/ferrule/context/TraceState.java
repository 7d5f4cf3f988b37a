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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

import dev.ferrule.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Grammar of {@code tracestate} (W3C Trace Context).
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/#tracestate-header">Trace Context
 * Level 2</a>
 */
@Internal
public final class TraceState {

	private static final int MAXIMUM_MEMBERS = 32;

	private static final int MAXIMUM_LENGTH = 256;

	private static final String KEY_PUNCTUATION = "_-*/@";

	private TraceState() {
	}

	/**
	 * Checks a trace state and leaves out what means nothing: empty members, white space
	 * between members, and later ones with the same key.
	 * @param header value of the header, or several joined by commas
	 * @return the members, possibly none, or {@code null} if there are too many or one of
	 * them is malformed
	 */
	public static @Nullable String normalize(String header) {
		Map<String, String> members = new LinkedHashMap<>();
		int count = 0;
		for (String part : header.split(",")) {
			String member = HeaderNames.trim(part);
			if (member.isEmpty()) {
				continue;
			}
			int equals = member.indexOf('=');
			if (++count > MAXIMUM_MEMBERS || equals < 0 || !isKey(member, equals) || !isValue(member, equals + 1)) {
				return null;
			}
			members.putIfAbsent(member.substring(0, equals), member);
		}
		StringJoiner state = new StringJoiner(",");
		members.values().forEach(state::add);
		return state.toString();
	}

	private static boolean isKey(String member, int end) {
		if (end == 0 || end > MAXIMUM_LENGTH || !isLetterOrDigit(member.charAt(0))) {
			return false;
		}
		for (int i = 1; i < end; i++) {
			char character = member.charAt(i);
			if (!isLetterOrDigit(character) && KEY_PUNCTUATION.indexOf(character) < 0) {
				return false;
			}
		}
		return true;
	}

	private static boolean isValue(String member, int start) {
		int length = member.length() - start;
		if (length == 0 || length > MAXIMUM_LENGTH) {
			return false;
		}
		for (int i = start; i < member.length(); i++) {
			char character = member.charAt(i);
			if (character < ' ' || character > '~' || character == '=') {
				return false;
			}
		}
		return true;
	}

	private static boolean isLetterOrDigit(char character) {
		return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
	}

}
