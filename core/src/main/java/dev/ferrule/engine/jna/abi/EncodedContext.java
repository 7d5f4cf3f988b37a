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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a frame that is the same for all submissions under one context: attributes
 * and metadata. Encoded once and kept by the context.
 *
 * @param index index entries of the metadata
 * @param text attributes, then name and value of each entry
 * @param attributesLength bytes of the text that are attributes
 * @param entryCount metadata entries
 */
public record EncodedContext(byte[] index, byte[] text, int attributesLength, int entryCount) {

	private static final int MAXIMUM_NAME_LENGTH = 0xFFFF;

	private static final byte[] NOTHING = {};

	private static final Map<String, Integer> WELL_KNOWN = IntStream.range(0, WellKnownNames.NAMES.size())
		.boxed()
		.collect(Collectors.toUnmodifiableMap(WellKnownNames.NAMES::get, (number) -> number));

	private static final EncodedContext EMPTY = new EncodedContext(NOTHING, NOTHING, 0, 0);

	/**
	 * Encodes the unchanging part of a context.
	 * @param context context to encode
	 * @return the encoded part
	 * @throws TelemetryEngineException if the context is larger than the engine accepts
	 */
	public static EncodedContext of(CallContext context) {
		return of(context.metadata().entries(), context.attributesJson());
	}

	public static EncodedContext of(List<ClientMetadata.Entry> entries, @Nullable String attributesJson) {
		if (entries.isEmpty() && attributesJson == null) {
			return EMPTY;
		}
		byte[] attributes = (attributesJson != null) ? attributesJson.getBytes(StandardCharsets.UTF_8) : NOTHING;
		byte[] index = new byte[Math.multiplyExact(entries.size(), FrameLayout.INDEX_ENTRY_LENGTH)];
		ByteBuffer text = ByteBuffer.allocate(textLength(entries, attributes.length));
		ByteBuffer indexBuffer = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
		text.put(attributes);
		for (ClientMetadata.Entry entry : entries) {
			Integer number = WELL_KNOWN.get(entry.name());
			byte[] name = (number != null) ? NOTHING : entry.name().getBytes(StandardCharsets.UTF_8);
			indexBuffer.putShort((short) ((number != null) ? number : name.length));
			indexBuffer.putShort((short) (flags(entry) | ((number != null) ? FrameLayout.ENTRY_WELL_KNOWN : 0)));
			indexBuffer.putInt(entry.value().length);
			text.put(name).put(entry.value());
		}
		return new EncodedContext(index, text.array(), attributes.length, entries.size());
	}

	private static int textLength(List<ClientMetadata.Entry> entries, int attributesLength) {
		if (entries.size() > FrameLayout.MAX_METADATA_COUNT) {
			throw tooLarge("has " + entries.size() + " metadata entries, at most " + FrameLayout.MAX_METADATA_COUNT);
		}
		long length = attributesLength;
		for (ClientMetadata.Entry entry : entries) {
			int nameLength = WELL_KNOWN.containsKey(entry.name()) ? 0 : utf8Length(entry.name());
			if (nameLength > MAXIMUM_NAME_LENGTH) {
				throw tooLarge("has a metadata name of " + nameLength + " bytes, at most " + MAXIMUM_NAME_LENGTH);
			}
			length += nameLength + entry.value().length;
		}
		if (length > FrameLayout.MAX_CONTEXT_LENGTH) {
			throw tooLarge("takes " + length + " bytes, at most " + FrameLayout.MAX_CONTEXT_LENGTH);
		}
		return (int) length;
	}

	private static int utf8Length(String name) {
		for (int i = 0; i < name.length(); i++) {
			if (name.charAt(i) >= 0x80) {
				return name.getBytes(StandardCharsets.UTF_8).length;
			}
		}
		return name.length();
	}

	private static int flags(ClientMetadata.Entry entry) {
		return (entry.sensitive() ? FrameLayout.ENTRY_SENSITIVE : 0) | (entry.binary() ? FrameLayout.ENTRY_BINARY : 0);
	}

	/**
	 * Returns the failure of a context that the engine would not accept.
	 * @param what what exceeds which limit
	 * @return the exception to throw
	 */
	static TelemetryEngineException tooLarge(String what) {
		return TelemetryEngineException
			.of(TelemetryEngineException.Failure.of(ErrorKind.CONFIGURATION, "The context of the call " + what
					+ " can be sent to the engine. Capture fewer or shorter headers, or fewer attributes."));
	}

}
