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

package dev.ferrule.docs;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares output of the pages with what really came: whitespace does not count, and
 * {@code ...} stands for anything.
 */
final class Output {

	private Output() {
	}

	static boolean contains(String actual, String expected) {
		String pattern = Arrays.stream(squeeze(expected).split("\\.\\.\\.", -1))
			.map(Pattern::quote)
			.collect(Collectors.joining(".*?"));
		return Pattern.compile(pattern, Pattern.DOTALL).matcher(squeeze(actual)).find();
	}

	static String squeeze(String text) {
		return text.replaceAll("\\s+", "");
	}

}
