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

/**
 * Sanitizer that makes text from elsewhere fit for logs, headers and answers. Everything
 * that goes on a wire passes here, also what came from a translator of the user's.
 */
public final class ErrorMessages {

	/**
	 * What an answer holds at most, in bytes of UTF-8.
	 */
	public static final int MAX_BYTES = 4096;

	private ErrorMessages() {
	}

	/**
	 * Cleans a message and cuts it to {@link #MAX_BYTES}.
	 * @param message any text
	 * @return clean text
	 */
	public static String clean(String message) {
		return clean(message, MAX_BYTES);
	}

	/**
	 * Cleans a message: control characters, line breaks among them, become spaces, those
	 * in a row one space; surrogates without partner become U+FFFD, and the text is
	 * trimmed and cut.
	 * @param message any text
	 * @param maxBytes most bytes of UTF-8 to keep, 0 or more; a code point is kept whole
	 * or not at all
	 * @return clean text, the same instance if it was clean already
	 */
	public static String clean(String message, int maxBytes) {
		return isClean(message, maxBytes) ? message : rewrite(message, maxBytes);
	}

	private static boolean isClean(String message, int maxBytes) {
		// Recognises the usual message, printable ASCII, without allocating
		int length = message.length();
		if (length > maxBytes || (length > 0 && (message.charAt(0) == ' ' || message.charAt(length - 1) == ' '))) {
			return false;
		}
		for (int i = 0; i < length; i++) {
			char character = message.charAt(i);
			if (character < ' ' || character > '~') {
				return false;
			}
		}
		return true;
	}

	private static String rewrite(String message, int maxBytes) {
		StringBuilder clean = new StringBuilder(Math.min(message.length(), maxBytes));
		int bytes = 0;
		boolean gap = true;
		for (int i = 0; i < message.length();) {
			int codePoint = message.codePointAt(i);
			i += Character.charCount(codePoint);
			boolean control = isControl(codePoint);
			if (gap && (control || codePoint == ' ')) {
				continue;
			}
			gap = control;
			int kept = control ? ' ' : (isSurrogate(codePoint) ? 0xfffd : codePoint);
			bytes += utf8Length(kept);
			if (bytes > maxBytes) {
				break;
			}
			clean.appendCodePoint(kept);
		}
		return clean.toString().stripTrailing();
	}

	private static boolean isControl(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
			default -> false;
		};
	}

	private static boolean isSurrogate(int codePoint) {
		return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
	}

	private static int utf8Length(int codePoint) {
		if (codePoint < 0x80) {
			return 1;
		}
		if (codePoint < 0x800) {
			return 2;
		}
		return (codePoint < 0x10000) ? 3 : 4;
	}

}
