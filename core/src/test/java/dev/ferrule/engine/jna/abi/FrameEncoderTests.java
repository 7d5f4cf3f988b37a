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
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FrameEncoderTests {

	private final FrameBuffer target = new FrameBuffer(new FakeNativeApi());

	@Test
	void frameOfAFullContextIsExact() {
		CallContext context = fullContext();
		TelemetryPayload payload = TelemetryPayload.of(Signal.METRICS, text("PAYLOAD"))
			.with(PayloadEncoding.JSON, ContentCoding.ZSTD);
		dirty();
		int length = FrameEncoder.encode(this.target, context, payload, 0, 3);
		FrameEncoder.patch(this.target, 0x1122334455667788L, 5_000_000_000L, 0x0102030405060708L);
		assertThat(hex(length)).isEqualTo(String.join("", //
				"0100", "0700", "9f000000", "8877665544332211", // version, flags, length,
																// id
				"00f2052a01000000", "0807060504030201", // remaining, deadline
				"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", // trace, span
				"01", "02", "02", "03", "03000000", // trace flags, signal, encoding,
													// coding, pipeline
				"0000000000000000", "07000000", // handle, payload length
				"02000000", "32000000", "07000000", "09000000", "00000000", // counts and
																			// lengths
				"0700", "0500", "0a000000", // authorization, sensitive, 10 bytes
				"0500", "0200", "03000000", // x-bin, binary, 3 bytes
				hex("k=v,l=w"), hex("{\"a\":\"b\"}"), hex("Bearer abc"), hex("x-bin"), "ff00fe", //
				"000000000000", // padding
				hex("PAYLOAD")));
	}

	@Test
	void frameOfAnEmptyContextHasOnlyTheFixedPart() {
		dirty();
		int length = FrameEncoder.encode(this.target, CallContext.background(),
				TelemetryPayload.of(Signal.TRACES, new byte[0]), 0, 0);
		FrameEncoder.patch(this.target, 1, 2, 0);
		assertThat(length).isEqualTo(FrameLayout.FIXED_LENGTH);
		assertThat(hex(length)).isEqualTo("0100" + "0100" + "60000000" + "0100000000000000" + "0200000000000000"
				+ "00".repeat(33) + "01" + "01" + "00" + "00".repeat(36));
	}

	@Test
	void frameOfAReservedPayloadHoldsItsHandle() {
		TelemetryPayload payload = TelemetryPayload.of(Signal.LOGS, new byte[10]);
		int length = FrameEncoder.encode(this.target, CallContext.background(), payload, 77, 0);
		assertThat(length).isEqualTo(FrameLayout.FIXED_LENGTH);
		ByteBuffer frame = this.target.buffer();
		assertThat(frame.getLong(FrameLayout.PAYLOAD_HANDLE_OFFSET)).isEqualTo(77);
		assertThat(frame.getInt(FrameLayout.PAYLOAD_LENGTH_OFFSET)).isEqualTo(10);
		assertThat(frame.getInt(FrameLayout.FRAME_LENGTH_OFFSET)).isEqualTo(length);
	}

	@Test
	void localTraceIsNotRemote() {
		CallContext context = CallContext.background().withTrace(new TraceContext(1, 2, 3, 0, "", false));
		FrameEncoder.encode(this.target, context, TelemetryPayload.of(Signal.LOGS, new byte[1]), 0, 0);
		assertThat(this.target.buffer().getShort(FrameLayout.FLAGS_OFFSET))
			.isEqualTo((short) (FrameLayout.FLAG_DEADLINE | FrameLayout.FLAG_TRACE));
	}

	@Test
	void bufferGrowsWithTheFrame() {
		byte[] payload = new byte[FrameEncoder.INLINE_LIMIT];
		payload[payload.length - 1] = 9;
		int length = FrameEncoder.encode(this.target, fullContext(), TelemetryPayload.of(Signal.LOGS, payload), 0, 0);
		assertThat(this.target.capacity()).isGreaterThanOrEqualTo(length);
		assertThat(this.target.buffer().get(length - 1)).isEqualTo((byte) 9);
	}

	@Test
	void unchangingPartIsEncodedOnce() {
		CallContext context = fullContext();
		EncodedContext first = context.cached(EncodedContext.class, EncodedContext::of);
		CallContext derived = context.withTrace(new TraceContext(1, 2, 3, 0, "", false));
		assertThat(derived.cached(EncodedContext.class, EncodedContext::of)).isSameAs(first);
	}

	@Test
	void contextThatIsTooLargeIsAConfigurationError() {
		CallContext context = CallContext.builder()
			.metadata(ClientMetadata.builder().add("x-a", "a".repeat(FrameLayout.MAX_CONTEXT_LENGTH)).build())
			.build();
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(
				() -> FrameEncoder.encode(this.target, context, TelemetryPayload.of(Signal.LOGS, new byte[1]), 0, 0))
			.withMessageContaining("1048579 bytes, at most 1048576")
			.satisfies((ex) -> assertThat(ex.failure().kind()).isEqualTo(ErrorKind.CONFIGURATION));
	}

	@Test
	void tooManyMetadataEntriesAreAConfigurationError() {
		ClientMetadata.Builder metadata = ClientMetadata.builder();
		for (int i = 0; i <= FrameLayout.MAX_METADATA_COUNT; i++) {
			metadata.add("name", "value");
		}
		CallContext context = CallContext.builder().metadata(metadata.build()).build();
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> EncodedContext.of(context))
			.withMessageContaining("1025 metadata entries, at most 1024");
	}

	private static CallContext fullContext() {
		return CallContext.builder()
			.metadata(ClientMetadata.builder()
				.add("Authorization", "Bearer abc")
				.addBinary("x-bin", new byte[] { (byte) 0xFF, 0, (byte) 0xFE })
				.build())
			.attributesJson("{\"a\":\"b\"}")
			.trace(new TraceContext(0x4bf92f3577b34da6L, 0xa3ce929d0e0e4736L, 0x00f067aa0ba902b7L, 1, "k=v,l=w", true))
			.build();
	}

	/** Buffers come from a pool with the content of other calls. */
	private void dirty() {
		ByteBuffer buffer = this.target.buffer();
		for (int i = 0; i < buffer.capacity(); i++) {
			buffer.put(i, (byte) 0xEE);
		}
	}

	private String hex(int length) {
		byte[] bytes = new byte[length];
		this.target.buffer().get(0, bytes);
		return HexFormat.of().formatHex(bytes);
	}

	private static String hex(String text) {
		return HexFormat.of().formatHex(text(text));
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
