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
import java.util.LinkedHashMap;
import java.util.Map;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.json.Json;

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

	// Each byte of text has six at most in JSON, as does a control character
	private static final int MAX_JSON_MESSAGE_BYTES = MAX_MESSAGE_BYTES / 6;

	// The same for all signals
	private static final int PARTIAL_SUCCESS = 1;

	private static final int REJECTED_ITEMS = 1;

	private static final int ERROR_MESSAGE = 2;

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
	 * Encodes a result as protobuf.
	 * @param result what the engine said
	 * @return the message, {@value #MAX_BYTES} bytes at most
	 */
	static byte[] protobuf(ExportResult result) {
		if (isSilent(result)) {
			return EMPTY_PROTOBUF;
		}
		// Without classes generated from OTLP, fields have numbers only
		UnknownFieldSet.Builder partial = UnknownFieldSet.newBuilder();
		if (result.rejectedItems() != 0) {
			partial.addField(REJECTED_ITEMS, Field.newBuilder().addVarint(result.rejectedItems()).build());
		}
		ByteString message = ByteString.copyFrom(utf8(message(result), MAX_MESSAGE_BYTES));
		if (!message.isEmpty()) {
			partial.addField(ERROR_MESSAGE, Field.newBuilder().addLengthDelimited(message).build());
		}
		return UnknownFieldSet.newBuilder()
			.addField(PARTIAL_SUCCESS, Field.newBuilder().addLengthDelimited(partial.build().toByteString()).build())
			.build()
			.toByteArray();
	}

	private static byte[] json(OtlpSignal signal, ExportResult result) {
		if (isSilent(result)) {
			return EMPTY_JSON;
		}
		Map<String, String> partial = new LinkedHashMap<>();
		if (result.rejectedItems() != 0) {
			// 64-bit integers are strings in the JSON form of protobuf.
			partial.put(signal.rejectedField(), Long.toString(result.rejectedItems()));
		}
		String message = StandardCharsets.UTF_8.decode(utf8(message(result), MAX_JSON_MESSAGE_BYTES)).toString();
		if (!message.isEmpty()) {
			partial.put("errorMessage", message);
		}
		return Json.write(Map.of("partialSuccess", partial)).getBytes(StandardCharsets.UTF_8);
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

}
