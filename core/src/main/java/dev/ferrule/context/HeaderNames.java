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

import java.util.HashSet;
import java.util.Set;

import dev.ferrule.Internal;

/**
 * Table of header names: spelling, grammar and which of them carry credentials.
 * Independent of locale; only ASCII letters are folded.
 */
@Internal
public final class HeaderNames {

	/** Host and port that the client asked for, in HTTP/1.1. */
	public static final String HOST = "host";

	/** Options of one hop, in HTTP/1.1. */
	public static final String CONNECTION = "connection";

	private static final String AUTHORITY = ":authority";

	/**
	 * Names of credentials, in lower case.
	 */
	private static final Set<String> SENSITIVE = Set.of("api-key", "authorization", "cookie", "proxy-authorization",
			"set-cookie", "x-amz-security-token", "x-api-key", "x-goog-iam-authorization-token");

	/**
	 * Names of headers that concern one connection, RFC 9110 section 7.6.1.
	 */
	private static final Set<String> HOP_BY_HOP = Set.of(CONNECTION, "http2-settings", "keep-alive",
			"proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
			"upgrade");

	/**
	 * Names of headers that describe a body as it was sent.
	 */
	private static final Set<String> FRAMING = Set.of("content-encoding", "content-length", "expect");

	/**
	 * The only name in gRPC's own space that tells something about the call.
	 */
	private static final String PREVIOUS_ATTEMPTS = "grpc-previous-rpc-attempts";

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
	public static String canonical(String name) {
		String lowerCase = lowerCase(name);
		return lowerCase.equals(AUTHORITY) ? HOST : lowerCase;
	}

	public static boolean isSensitive(String canonicalName) {
		return SENSITIVE.contains(canonicalName);
	}

	public static boolean isHopByHop(String canonicalName) {
		return HOP_BY_HOP.contains(canonicalName);
	}

	public static boolean isFraming(String canonicalName) {
		return FRAMING.contains(canonicalName);
	}

	public static boolean isReservedForGrpc(String canonicalName) {
		return canonicalName.startsWith("grpc-") && !canonicalName.equals(PREVIOUS_ATTEMPTS);
	}

	/**
	 * Checks a name.
	 * @param name name in any case
	 * @return the name in lower case
	 * @throws IllegalArgumentException if the name is not legal
	 */
	public static String requireLegal(String name) {
		if (!isLegal(name)) {
			throw new IllegalArgumentException("Not a legal header name: '" + printable(name) + "'");
		}
		return canonical(name);
	}

	public static boolean isLegal(String name) {
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
	public static String printable(String name) {
		return name.replaceAll("[^ -~]", "?");
	}

	private static boolean isTokenCharacter(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || TOKEN_PUNCTUATION.indexOf(character) >= 0;
	}

	/**
	 * Takes the optional white space of RFC 9110 off a value.
	 * @param value value of a header
	 * @return the value without spaces and tabs around it
	 */
	public static String trim(String value) {
		int start = 0;
		int end = value.length();
		while (start < end && isWhitespace(value.charAt(start))) {
			start++;
		}
		while (end > start && isWhitespace(value.charAt(end - 1))) {
			end--;
		}
		return value.substring(start, end);
	}

	/**
	 * Splits a list of names.
	 * @param names comma-separated names
	 * @return the names without white space around them
	 */
	public static Set<String> split(String names) {
		Set<String> all = new HashSet<>();
		for (String name : names.split(",")) {
			all.add(trim(name));
		}
		return all;
	}

	private static boolean isWhitespace(char character) {
		return character == ' ' || character == '\t';
	}

	public static String lowerCase(String name) {
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
