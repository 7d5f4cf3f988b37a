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

package dev.ferrule.error.rpc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcStatus}.
 */
class RpcStatusTests {

	@Test
	void protobufHasCodeMessageAndDetails() throws InvalidProtocolBufferException {
		Status status = Status.parseFrom(RpcStatus.of(throttled(Duration.ofMillis(1500), 14)).toProtobuf());
		assertThat(status.getCode()).isEqualTo(8);
		assertThat(status.getMessage()).isEqualTo("full");
		List<Any> details = status.getDetailsList();
		assertThat(details).hasSize(2);
		assertThat(details.get(0).unpack(RetryInfo.class).getRetryDelay())
			.isEqualTo(com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
		assertThat(details.get(1).unpack(ErrorInfo.class)).isEqualTo(ErrorInfo.newBuilder()
			.setReason("RESOURCE_EXHAUSTED")
			.setDomain("ferrule.dev")
			.putMetadata("originalGrpcCode", "14")
			.build());
	}

	@Test
	void jsonIsTheMappingOfTheSameMessage() {
		assertThat(Json.readObject(json(throttled(Duration.ofMillis(1500), 14)))).isEqualTo(Json.readObject("""
				{"code": 8, "message": "full", "details": [
					{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.500s"},
					{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RESOURCE_EXHAUSTED",
						"domain": "ferrule.dev", "metadata": {"originalGrpcCode": "14"}}]}"""));
	}

	@Test
	void absentPartsAreLeftOut() throws InvalidProtocolBufferException {
		Status status = Status.parseFrom(RpcStatus.of(throttled(null, 0)).toProtobuf());
		assertThat(status.getDetailsList()).hasSize(1);
		assertThat(status.getDetails(0).unpack(ErrorInfo.class).getMetadataMap()).isEmpty();
		assertThat(json(throttled(null, 0))).doesNotContain("retryDelay", "metadata");
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT1S, 1s", "PT1.5S, 1.500s", "PT0.05S, 0.050s", "PT0.000001S, 0.000001s",
			"PT0.000000001S, 0.000000001s", "PT1.0000005S, 1.000000500s", "PT8766000000000H, 315576000000s" })
	void delayIsSpelledAsProtobufDoes(Duration delay, String expected) {
		assertThat(json(throttled(delay, 0))).contains("\"retryDelay\":\"" + expected + "\"");
	}

	@Test
	void longestDelayIsWhatProtobufCanHold() throws InvalidProtocolBufferException {
		Duration longest = Duration.ofMillis(Long.MAX_VALUE);
		RetryInfo retryInfo = Status.parseFrom(RpcStatus.of(throttled(longest, 0)).toProtobuf())
			.getDetails(0)
			.unpack(RetryInfo.class);
		assertThat(retryInfo.getRetryDelay().getSeconds()).isEqualTo(315_576_000_000L);
		assertThat(retryInfo.getRetryDelay().getNanos()).isZero();
	}

	@Test
	void messageOfAnyTranslatorIsCleanedAndCut() throws InvalidProtocolBufferException {
		TranslatedError error = new TranslatedError(ErrorKind.PERMANENT, 13, 500, true, null, null, 0,
				"\r\n" + "\u00e9".repeat(5000));
		Status status = Status.parseFrom(RpcStatus.of(error).toProtobuf());
		assertThat(status.getMessage()).isEqualTo("\u00e9".repeat(2048));
	}

	@Test
	void jsonIsUtf8AndEscaped() {
		TranslatedError error = new TranslatedError(ErrorKind.PERMANENT, 13, 500, true, null, null, 0,
				"\"h\u00e9\" \\ </x>");
		assertThat(Json.readObject(json(error))).containsEntry("message", "\"h\u00e9\" \\ </x>");
	}

	private static String json(TranslatedError error) {
		return new String(RpcStatus.of(error).toJson(), StandardCharsets.UTF_8);
	}

	private static TranslatedError throttled(@Nullable Duration delay, int originalCode) {
		return new TranslatedError(ErrorKind.RESOURCE_EXHAUSTED, 8, 429, false, delay, null, originalCode, "full");
	}

}
