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

package dev.ferrule.engine.jna.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RecordCursorTests {

	@Test
	void successHasDurationsAndAttempts() {
		assertThat(record(Records.success(1)).result())
			.isEqualTo(new ExportResult(0, null, Duration.ofNanos(1), Duration.ofNanos(2), Duration.ofNanos(3), 1));
	}

	@Test
	void partialSuccessHasRejectedItemsAndMessage() {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, 0, 1, "two spans are too old", "",
				(fields) -> fields.put(RecordLayout.FLAGS_OFFSET, (byte) RecordLayout.FLAG_PARTIAL_SUCCESS)
					.putLong(RecordLayout.REJECTED_ITEMS_OFFSET, 2));
		ExportResult result = record(bytes).result();
		assertThat(result.rejectedItems()).isEqualTo(2);
		assertThat(result.message()).isEqualTo("two spans are too old");
	}

	@Test
	void failureHasAllFacts() {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.RETRYABLE.code(), 1, "down: \u00e9",
				"{\"x\":1}",
				(fields) -> fields.put(RecordLayout.FLAGS_OFFSET, (byte) RecordLayout.FLAG_DELIVERY_UNKNOWN)
					.putInt(RecordLayout.GRPC_CODE_OFFSET, 14)
					.putShort(RecordLayout.HTTP_CODE_OFFSET, (short) 503)
					.putShort(RecordLayout.DOWNSTREAM_HTTP_OFFSET, (short) 502)
					.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, 1_500_000_000L)
					.putInt(RecordLayout.CAUSE_OFFSET, CancellationCause.DOWNSTREAM.code()));
		RecordCursor record = record(bytes);
		assertThat(record.failure()).isEqualTo(new Failure(ErrorKind.RETRYABLE, 14, 503, 502, false,
				Duration.ofMillis(1500), CancellationCause.DOWNSTREAM, true, "down: \u00e9", "{\"x\":1}"));
		assertThat(record.isDegraded()).isFalse();
	}

	@Test
	void delayOfZeroIsNotTheSameAsNone() {
		assertThat(delay(0)).isZero();
		assertThat(delay(Duration.ofDays(1).toNanos())).isEqualTo(Duration.ofDays(1));
		assertThat(delay(-1)).isNull();
		assertThat(delay(Long.MIN_VALUE)).isNull();
	}

	private static @Nullable Duration delay(long nanos) {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.RESOURCE_EXHAUSTED.code(), 1, "m", "",
				(fields) -> fields.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, nanos));
		return record(bytes).failure().retryDelay();
	}

	@ParameterizedTest
	@EnumSource(ErrorKind.class)
	void kindsCrossByNumber(ErrorKind kind) {
		Failure failure = record(Records.failure(1, kind, "m")).failure();
		assertThat(failure.kind()).isEqualTo(kind);
		assertThat(failure.permanent()).isEqualTo(kind.isPermanent());
		assertThat(failure.retryDelay()).isNull();
		assertThat(failure.cause()).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 7, 100, 255 })
	void unknownKindIsPermanent(int kind) {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, kind, 1, "new", "", (fields) -> {
		});
		assertThat(record(bytes).failure().kind()).isEqualTo(ErrorKind.PERMANENT);
	}

	@Test
	void failureWithoutMessageSaysSo() {
		assertThat(record(Records.failure(1, ErrorKind.TIMEOUT, "")).failure().message())
			.isEqualTo("The engine gave no reason.");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, Integer.MAX_VALUE, 8, 1000 })
	void textLengthsBeyondTheRecordAreCut(int length) {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, 1, 1, "12345678", "",
				(fields) -> fields.putInt(RecordLayout.MESSAGE_LENGTH_OFFSET, length)
					.putInt(RecordLayout.DETAILS_LENGTH_OFFSET, length));
		RecordCursor record = record(bytes);
		Failure failure = record.failure();
		assertThat(failure.message()).isEqualTo("12345678");
		assertThat(failure.detailsJson()).isNull();
		assertThat(record.isDegraded()).isTrue();
	}

	@ParameterizedTest
	@MethodSource
	void whatCannotBeUnderstoodIsReplaced(Consumer<ByteBuffer> fields, Consumer<Failure> expected) {
		byte[] bytes = Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.RETRYABLE.code(), 1, "no",
				"{\"details\":[]}", fields);
		RecordCursor record = record(bytes);
		expected.accept(record.failure());
		assertThat(record.isDegraded()).isTrue();
	}

	@Test
	void nextRecordIsWhole() {
		byte[] first = Records.record(RecordLayout.TYPE_COMPLETION, 100, 1, "new", "", (fields) -> {
		});
		byte[] second = Records.failure(2, ErrorKind.RETRYABLE, "no");
		ByteBuffer both = ByteBuffer.allocate(first.length + second.length).order(ByteOrder.LITTLE_ENDIAN);
		both.put(first).put(second);
		RecordCursor record = new RecordCursor(both);
		assertThat(record.moveTo(0, both.capacity())).isTrue();
		record.failure();
		assertThat(record.isDegraded()).isTrue();
		assertThat(record.moveTo(first.length, both.capacity())).isTrue();
		record.failure();
		assertThat(record.isDegraded()).isFalse();
	}

	static Stream<Arguments> whatCannotBeUnderstoodIsReplaced() {
		int text = RecordLayout.FIXED_LENGTH;
		return Stream.of(
				replaced((fields) -> fields.put(RecordLayout.KIND_OFFSET, (byte) 7),
						(failure) -> assertThat(failure.kind()).isEqualTo(ErrorKind.PERMANENT)),
				replaced((fields) -> fields.putInt(RecordLayout.GRPC_CODE_OFFSET, 17),
						(failure) -> assertThat(TelemetryEngineException.of(failure).grpcCode()).isEqualTo(2)),
				replaced((fields) -> fields.putInt(RecordLayout.GRPC_CODE_OFFSET, -1),
						(failure) -> assertThat(TelemetryEngineException.of(failure).grpcCode()).isEqualTo(2)),
				replaced((fields) -> fields.putShort(RecordLayout.HTTP_CODE_OFFSET, (short) 600),
						(failure) -> assertThat(failure.httpStatus()).isZero()),
				replaced((fields) -> fields.putShort(RecordLayout.DOWNSTREAM_HTTP_OFFSET, (short) 99),
						(failure) -> assertThat(failure.downstreamHttpStatus()).isZero()),
				replaced((fields) -> fields.putInt(RecordLayout.CAUSE_OFFSET, 77),
						(failure) -> assertThat(failure.cause()).isNull()),
				replaced((fields) -> fields.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, Long.MIN_VALUE),
						(failure) -> assertThat(failure.retryDelay()).isNull()),
				replaced((fields) -> fields.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, Long.MAX_VALUE),
						(failure) -> assertThat(failure.retryDelay()).isEqualTo(Duration.ofSeconds(2147483647))),
				replaced((fields) -> fields.put(RecordLayout.FLAGS_OFFSET, (byte) RecordLayout.FLAG_TRUNCATED),
						(failure) -> assertThat(failure.message()).isEqualTo("no")),
				replaced((fields) -> fields.put(text, (byte) 0xff),
						(failure) -> assertThat(failure.message()).isEqualTo("\ufffdo")),
				replaced((fields) -> fields.put(text + 2, (byte) 'x'),
						(failure) -> assertThat(failure.detailsJson()).isNull()),
				replaced((fields) -> fields.put(text + 2, (byte) '['),
						(failure) -> assertThat(failure.detailsJson()).isNull()));
	}

	private static Arguments replaced(Consumer<ByteBuffer> fields, Consumer<Failure> expected) {
		return Arguments.of(fields, expected);
	}

	@Test
	void messageOfAMegabyteIsCut() {
		RecordCursor record = record(Records.failure(1, ErrorKind.PERMANENT, "x".repeat(1_000_000)));
		assertThat(record.failure().message()).isEqualTo("x".repeat(RecordLayout.MAX_MESSAGE_LENGTH));
		assertThat(record.isDegraded()).isTrue();
	}

	@Test
	void detailsThatAreTooLongAreLeftOut() {
		String details = "{\"x\":\"" + "x".repeat(RecordLayout.MAX_DETAILS_LENGTH) + "\"}";
		RecordCursor record = record(Records.record(RecordLayout.TYPE_COMPLETION, 1, 1, "no", details, (fields) -> {
		}));
		assertThat(record.failure().detailsJson()).isNull();
		assertThat(record.isDegraded()).isTrue();
	}

	@Test
	void replacementCharacterOfTheDownstreamIsText() {
		RecordCursor record = record(Records.failure(1, ErrorKind.PERMANENT, "caf\ufffd"));
		assertThat(record.failure().message()).isEqualTo("caf\ufffd");
		assertThat(record.isDegraded()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -8, Integer.MIN_VALUE, Integer.MAX_VALUE, 79, 72, 81, 96 })
	void wrongRecordLengthIsNoRecord(int length) {
		byte[] bytes = Records.success(1);
		ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
		buffer.putInt(RecordLayout.LENGTH_OFFSET, length);
		assertThat(new RecordCursor(buffer).moveTo(0, bytes.length)).isFalse();
	}

	@Test
	void rudimentIsNoRecord() {
		ByteBuffer buffer = ByteBuffer.allocate(RecordLayout.FIXED_LENGTH - 1);
		assertThat(new RecordCursor(buffer).moveTo(0, buffer.capacity())).isFalse();
	}

	private static RecordCursor record(byte[] bytes) {
		RecordCursor record = new RecordCursor(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
		assertThat(record.moveTo(0, bytes.length)).isTrue();
		assertThat(record.length()).isEqualTo(bytes.length);
		assertThat(record.callId()).isOne();
		return record;
	}

}
