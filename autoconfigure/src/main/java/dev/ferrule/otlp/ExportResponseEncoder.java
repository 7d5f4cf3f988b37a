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

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import dev.ferrule.engine.ExportResult;

/**
 * Encoder of {@code Export...ServiceResponse} messages. Success without anything to tell
 * is an empty message; {@code partial_success} is never populated but void.
 */
public final class ExportResponseEncoder {

	/** What clients are asked to read at most. */
	static final int MAX_BYTES = 4 * 1024 * 1024;

	private static final byte[] EMPTY_PROTOBUF = {};

	private static final byte[] EMPTY_JSON = { '{', '}' };

	// Tags, a 64-bit varint, two lengths; the JSON frame is of similar size.
	private static final int FRAME_BYTES = 128;

	private static final int MAX_MESSAGE_BYTES = MAX_BYTES - FRAME_BYTES;

	private ExportResponseEncoder() {
	}

	public static byte[] encode(OtlpEncoding encoding, OtlpSignal signal, ExportResult result) {
		return switch (encoding) {
			case PROTOBUF -> protobuf(result);
			case JSON -> json(signal, result);
		};
	}

	public static byte[] empty(OtlpEncoding encoding) {
		return (encoding == OtlpEncoding.JSON) ? EMPTY_JSON : EMPTY_PROTOBUF;
	}

	/**
	 * Encodes a result as protobuf; the field numbers are the same for all signals.
	 * @param result what the engine said
	 * @return the message, {@value #MAX_BYTES} bytes at most
	 */
	static byte[] protobuf(ExportResult result) {
		if (isSilent(result)) {
			return EMPTY_PROTOBUF;
		}
		ByteBuffer message = utf8(message(result), MAX_MESSAGE_BYTES);
		int partialSize = 0;
		if (result.rejectedItems() != 0) {
			partialSize += 1 + varintSize(result.rejectedItems());
		}
		if (message.hasRemaining()) {
			partialSize += 1 + varintSize(message.remaining()) + message.remaining();
		}
		ByteBuffer response = ByteBuffer.allocate(1 + varintSize(partialSize) + partialSize);
		response.put((byte) 0x0a);
		putVarint(response, partialSize);
		if (result.rejectedItems() != 0) {
			response.put((byte) 0x08);
			putVarint(response, result.rejectedItems());
		}
		if (message.hasRemaining()) {
			response.put((byte) 0x12);
			putVarint(response, message.remaining());
			response.put(message);
		}
		return response.array();
	}

	private static byte[] json(OtlpSignal signal, ExportResult result) {
		if (isSilent(result)) {
			return EMPTY_JSON;
		}
		StringBuilder json = new StringBuilder("{\"partialSuccess\":{");
		if (result.rejectedItems() != 0) {
			// 64-bit integers are strings in the JSON form of protobuf.
			json.append('"').append(signal.rejectedField()).append("\":\"").append(result.rejectedItems()).append('"');
		}
		String message = message(result);
		if (!message.isEmpty()) {
			if (result.rejectedItems() != 0) {
				json.append(',');
			}
			json.append("\"errorMessage\":\"");
			appendEscaped(json, message);
			json.append('"');
		}
		json.append("}}");
		return json.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static boolean isSilent(ExportResult result) {
		return result.rejectedItems() == 0 && message(result).isEmpty();
	}

	private static String message(ExportResult result) {
		String message = result.message();
		return (message != null) ? message : "";
	}

	// Cut at the end of a character where it would grow too long.
	private static ByteBuffer utf8(String text, int maxBytes) {
		CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);
		ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(maxBytes, text.length() * 3L));
		encoder.encode(CharBuffer.wrap(text), bytes, true);
		return bytes.flip();
	}

	private static void appendEscaped(StringBuilder json, String text) {
		int size = 0;
		int index = 0;
		while (index < text.length()) {
			int codePoint = text.codePointAt(index);
			if (codePoint < 0x20 || codePoint == '"' || codePoint == '\\' || isSurrogate(codePoint)) {
				size += 6;
				if (size > MAX_MESSAGE_BYTES) {
					return;
				}
				json.append("\\u").append(hex(codePoint >> 12)).append(hex(codePoint >> 8));
				json.append(hex(codePoint >> 4)).append(hex(codePoint));
			}
			else {
				size += utf8Size(codePoint);
				if (size > MAX_MESSAGE_BYTES) {
					return;
				}
				json.appendCodePoint(codePoint);
			}
			index += Character.charCount(codePoint);
		}
	}

	private static boolean isSurrogate(int codePoint) {
		return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
	}

	private static char hex(int value) {
		return Character.forDigit(value & 0xf, 16);
	}

	private static int utf8Size(int codePoint) {
		if (codePoint < 0x80) {
			return 1;
		}
		if (codePoint < 0x800) {
			return 2;
		}
		return (codePoint < 0x10000) ? 3 : 4;
	}

	private static int varintSize(long value) {
		int size = 1;
		for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
			size++;
		}
		return size;
	}

	private static void putVarint(ByteBuffer target, long value) {
		long rest = value;
		while ((rest & ~0x7fL) != 0) {
			target.put((byte) (rest | 0x80));
			rest >>>= 7;
		}
		target.put((byte) rest);
	}

}
