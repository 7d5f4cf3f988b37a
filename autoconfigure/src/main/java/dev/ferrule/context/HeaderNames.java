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

import java.util.Set;

/**
 * Header names: spelling, grammar and which of them carry credentials. Independent of
 * locale; only ASCII letters are folded.
 */
final class HeaderNames {

	static final String HOST = "host";

	private static final String AUTHORITY = ":authority";

	/**
	 * Names of credentials, in lower case.
	 */
	private static final Set<String> SENSITIVE = Set.of("api-key", "authorization", "cookie", "proxy-authorization",
			"set-cookie", "x-amz-security-token", "x-api-key", "x-goog-iam-authorization-token");

	/**
	 * The characters of an RFC 9110 token besides letters and digits.
	 */
	private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

	private HeaderNames() {
	}

	/**
	 * Returns the spelling under which a name is stored.
	 * @param name name in any case
	 * @return the name in lower case; {@code host} for {@code :authority}
	 */
	static String canonical(String name) {
		String lowerCase = lowerCase(name);
		return lowerCase.equals(AUTHORITY) ? HOST : lowerCase;
	}

	static boolean isSensitive(String canonicalName) {
		return SENSITIVE.contains(canonicalName);
	}

	static boolean isLegal(String name) {
		if (name.isEmpty()) {
			return false;
		}
		for (int i = 0; i < name.length(); i++) {
			if (!isTokenCharacter(name.charAt(i))) {
				return lowerCase(name).equals(AUTHORITY);
			}
		}
		return true;
	}

	/**
	 * Returns a name for a message.
	 * @param name any text
	 * @return the name with everything but printable ASCII replaced
	 */
	static String printable(String name) {
		return name.replaceAll("[^ -~]", "?");
	}

	private static boolean isTokenCharacter(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || TOKEN_PUNCTUATION.indexOf(character) >= 0;
	}

	private static String lowerCase(String name) {
		for (int i = 0; i < name.length(); i++) {
			if (isUpperCase(name.charAt(i))) {
				return lowerCase(name.toCharArray());
			}
		}
		return name;
	}

	private static String lowerCase(char[] name) {
		for (int i = 0; i < name.length; i++) {
			if (isUpperCase(name[i])) {
				name[i] = (char) (name[i] + ('a' - 'A'));
			}
		}
		return new String(name);
	}

	private static boolean isUpperCase(char character) {
		return character >= 'A' && character <= 'Z';
	}

}
