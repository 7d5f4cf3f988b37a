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

package dev.ferrule.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TelemetryPayloadTests {

	@Test
	void payloadIsUncompressedProtobufUnlessSaidOtherwise() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.LOGS, new byte[3]);
		assertThat(payload.signal()).isEqualTo(Signal.LOGS);
		assertThat(payload.encoding()).isEqualTo(PayloadEncoding.PROTOBUF);
		assertThat(payload.coding()).isEqualTo(ContentCoding.IDENTITY);
		assertThat(payload.size()).isEqualTo(3);
		assertThat(payload.payloadBuffer()).isNull();
	}

	@Test
	void withChangesEncodingAndCodingOnly() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, bytes("{}"))
			.with(PayloadEncoding.JSON, ContentCoding.GZIP);
		assertThat(payload.encoding()).isEqualTo(PayloadEncoding.JSON);
		assertThat(payload.coding()).isEqualTo(ContentCoding.GZIP);
		assertThat(payload.signal()).isEqualTo(Signal.TRACES);
		assertThat(copy(payload)).isEqualTo("{}");
	}

	@Test
	void buffersAreGatheredFromTheirPositionsInOrder() {
		ByteBuffer heap = ByteBuffer.wrap(bytes("xxheap"));
		heap.position(2);
		ByteBuffer direct = ByteBuffer.allocateDirect(16).put(0, bytes("direct"));
		direct.limit(6);
		ByteBuffer readOnly = ByteBuffer.wrap(bytes("!")).asReadOnlyBuffer();
		TelemetryPayload payload = TelemetryPayload.of(Signal.METRICS, heap, direct, ByteBuffer.allocate(0), readOnly);
		assertThat(payload.size()).isEqualTo(11);
		assertThat(copy(payload)).isEqualTo("heapdirect!");
		assertThat(heap.position()).isEqualTo(2);
		assertThat(direct.position()).isZero();
	}

	@Test
	void movingBuffersLaterDoesNotChangeThePayload() {
		ByteBuffer buffer = ByteBuffer.wrap(bytes("abc"));
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, buffer);
		buffer.position(3);
		assertThat(payload.size()).isEqualTo(3);
		assertThat(copy(payload)).isEqualTo("abc");
	}

	@Test
	void payloadWithoutBytesIsEmpty() {
		assertThat(TelemetryPayload.of(Signal.TRACES).size()).isZero();
		assertThat(TelemetryPayload.of(Signal.TRACES, new byte[0]).size()).isZero();
	}

	@Test
	void payloadBufferCountsWhatWasWritten() {
		ByteBuffer memory = ByteBuffer.allocateDirect(10);
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, payloadBuffer(memory));
		assertThat(payload.size()).isZero();
		memory.put(bytes("1234"));
		assertThat(payload.size()).isEqualTo(4);
		assertThat(payload.payloadBuffer()).isNotNull();
	}

	@Test
	void payloadBufferIsNotCopied() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, payloadBuffer(ByteBuffer.allocateDirect(10)));
		assertThatIllegalStateException().isThrownBy(() -> payload.copyTo(ByteBuffer.allocate(10), 0));
	}

	@Test
	void targetThatIsTooSmallIsRefused() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, new byte[3]);
		assertThatExceptionOfType(IndexOutOfBoundsException.class)
			.isThrownBy(() -> payload.copyTo(ByteBuffer.allocate(4), 2));
	}

	@Test
	void textNeverShowsBytes() {
		assertThat(TelemetryPayload.of(Signal.LOGS, bytes("secret")))
			.hasToString("TelemetryPayload[signal=LOGS, encoding=PROTOBUF, coding=IDENTITY, size=6]");
	}

	@Test
	void numbersAreThoseOfTheNativeInterface() {
		assertThat(Signal.values()).extracting(Signal::code).containsExactly(1, 2, 3);
		assertThat(PayloadEncoding.values()).extracting(PayloadEncoding::code).containsExactly(1, 2, 3);
		assertThat(ContentCoding.values()).extracting(ContentCoding::code).containsExactly(0, 1, 2, 3);
	}

	private static PayloadBuffer payloadBuffer(ByteBuffer memory) {
		return new PayloadBuffer() {

			@Override
			public ByteBuffer buffer() {
				return memory;
			}

			@Override
			public void close() {
			}

		};
	}

	private static String copy(TelemetryPayload payload) {
		ByteBuffer target = ByteBuffer.allocate(payload.size() + 2);
		payload.copyTo(target, 1);
		return new String(target.array(), 1, payload.size(), StandardCharsets.UTF_8);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
