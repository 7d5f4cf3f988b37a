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

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ErrorMessages}.
 */
class ErrorMessagesTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "two  spaces", "~ tilde" })
	void cleanTextIsReturnedAsIs(String message) {
		assertThat(ErrorMessages.clean(message)).isSameAs(message);
	}

	@Test
	void lineBreaksAndControlCharactersBecomeOneSpace() {
		assertThat(ErrorMessages.clean("a\r\nb\tc\u0000\u001b[31md\u007fe\u0085f\u2028g\u2029h"))
			.isEqualTo("a b c [31md e f g h");
		assertThat(ErrorMessages.clean("a:\r\n\t  b")).isEqualTo("a: b");
	}

	@Test
	void textIsTrimmed() {
		assertThat(ErrorMessages.clean("\r\n  a  \r\n")).isEqualTo("a");
		assertThat(ErrorMessages.clean(" \n ")).isEmpty();
	}

	@Test
	void otherLanguagesAreKept() {
		String message = "h\u00e9 \u65e5\u672c \ud83d\ude00";
		assertThat(ErrorMessages.clean(message)).isEqualTo(message);
	}

	@Test
	void surrogatesWithoutPartnerAreReplaced() {
		assertThat(ErrorMessages.clean("a\ud83db\ude00")).isEqualTo("a\ufffdb\ufffd");
	}

	@ParameterizedTest
	@CsvSource({ "0, ''", "1, a", "2, a", "3, a\u00e9", "5, a\u00e9", "6, a\u00e9\u65e5", "9, a\u00e9\u65e5",
			"10, a\u00e9\u65e5\ud83d\ude00", "11, a\u00e9\u65e5\ud83d\ude00z", "12, a\u00e9\u65e5\ud83d\ude00z" })
	void textIsCutBetweenCodePoints(int maxBytes, String expected) {
		String clean = ErrorMessages.clean("a\u00e9\u65e5\ud83d\ude00z", maxBytes);
		assertThat(clean).isEqualTo(expected);
		assertThat(clean.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(maxBytes);
	}

	@Test
	void cutTextIsTrimmed() {
		assertThat(ErrorMessages.clean("ab cd", 3)).isEqualTo("ab");
		assertThat(ErrorMessages.clean("ab\ncd", 3)).isEqualTo("ab");
	}

	@Test
	void longTextIsCutToFourKibibytes() {
		assertThat(ErrorMessages.clean("x".repeat(5000))).hasSize(4096);
		assertThat(ErrorMessages.clean("\u00e9".repeat(5000))).hasSize(2048);
	}

}
