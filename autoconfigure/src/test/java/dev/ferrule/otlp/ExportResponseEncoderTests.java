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

package dev.ferrule.otlp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.ferrule.engine.ExportResult;
import dev.ferrule.otlp.http.HttpVectorRunner.PartialSuccess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ExportResponseEncoder}.
 */
class ExportResponseEncoderTests {

	@ParameterizedTest
	@ValueSource(longs = { 1, 127, 128, 16_384, Long.MAX_VALUE, -1 })
	void rejectedItemsSurviveProtobuf(long rejected) throws Exception {
		PartialSuccess partial = PartialSuccess.parse(ExportResponseEncoder.protobuf(result(rejected, "why")));
		assertThat(partial).isEqualTo(new PartialSuccess(rejected, "why"));
	}

	@ParameterizedTest
	@CsvSource({ "TRACES, rejectedSpans", "METRICS, rejectedDataPoints", "LOGS, rejectedLogRecords" })
	void rejectedItemsAreNamedAfterTheSignalInJson(OtlpSignal signal, String name) {
		assertThat(json(signal, result(Long.MAX_VALUE, null)))
			.isEqualTo("{\"partialSuccess\":{\"" + name + "\":\"9223372036854775807\"}}");
	}

	@ParameterizedTest
	@EnumSource(OtlpSignal.class)
	void nothingToTellIsTheEmptyMessage(OtlpSignal signal) {
		assertThat(json(signal, result(0, ""))).isEqualTo("{}");
		assertThat(ExportResponseEncoder.protobuf(result(0, null))).isEmpty();
	}

	@Test
	void messageIsEscapedInJson() {
		String message = "quote \" backslash \\ line\n tab\t nul\u0000 \u00e4 \ud83d\ude00 lone \ud800.";
		String json = json(OtlpSignal.LOGS, result(0, message));
		assertThat(JsonMapper.shared().readTree(json).get("partialSuccess").get("errorMessage").asString())
			.isEqualTo(message.replace('\ud800', '?'));
	}

	@Test
	void longMessageIsCutBetweenCharacters() throws Exception {
		for (String text : new String[] { "\ud83d\ude00", "\u00e4", "\u20ac", "\"", "\u0001", "x" }) {
			ExportResult result = result(1, text.repeat(5 * 1024 * 1024 / text.length()));
			byte[] protobuf = ExportResponseEncoder.protobuf(result);
			assertThat(protobuf.length).isBetween(4 * 1024 * 1024 - 200, 4 * 1024 * 1024);
			assertThat(PartialSuccess.parse(protobuf).message()).endsWith(text).hasSizeLessThan(5 * 1024 * 1024);
			String json = json(OtlpSignal.LOGS, result);
			assertThat(json.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(4 * 1024 * 1024);
			assertThat(JsonMapper.shared().readTree(json).get("partialSuccess").get("errorMessage").asString())
				.endsWith(text);
		}
	}

	private static String json(OtlpSignal signal, ExportResult result) {
		return new String(ExportResponseEncoder.encode(OtlpEncoding.JSON, signal, result), StandardCharsets.UTF_8);
	}

	private static ExportResult result(long rejected, @Nullable String message) {
		return new ExportResult(rejected, message, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1);
	}

}
