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

package dev.ferrule.context.header;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.HeaderNames;
import dev.ferrule.context.MetadataDrop;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.RequestCarrier.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Capture of the headers of one request as metadata.
 */
final class MetadataCapture implements RequestCarrier.HeaderVisitor {

	private static final String BINARY_SUFFIX = "-bin";

	private final MetadataSettings settings;

	private final Transport transport;

	private final Set<String> connectionNames;

	private final MetadataExtractor.DropListener drops;

	private final ClientMetadata.Builder metadata = ClientMetadata.builder();

	private int entries;

	private int totalBytes;

	/**
	 * Creates the metadata of a request.
	 * @param settings limits
	 * @param transport how the request came
	 * @param connectionNames comma-separated names that concern the connection only
	 * @param drops hears of what is left out
	 */
	MetadataCapture(MetadataSettings settings, Transport transport, @Nullable String connectionNames,
			MetadataExtractor.DropListener drops) {
		this.settings = settings;
		this.transport = transport;
		this.connectionNames = (connectionNames != null) ? HeaderNames.split(connectionNames) : Set.of();
		this.drops = drops;
	}

	ClientMetadata metadata() {
		return this.metadata.build();
	}

	@Override
	public void text(String name, String value) {
		String key = HeaderNames.canonical(name);
		MetadataDrop drop = judge(key);
		if (drop == null) {
			if (key.endsWith(BINARY_SUFFIX)) {
				encoded(name, key, value);
				return;
			}
			drop = plain(key, HeaderNames.trim(value));
		}
		report(name, drop);
	}

	@Override
	public void binary(String name, byte[] value) {
		String key = HeaderNames.canonical(name);
		MetadataDrop drop = judge(key);
		report(name, (drop != null) ? drop : decoded(key, value));
	}

	private @Nullable MetadataDrop judge(String key) {
		if (key.startsWith(":")) {
			return MetadataDrop.PSEUDO_HEADER;
		}
		if (!HeaderNames.isLegal(key)) {
			return MetadataDrop.ILLEGAL_NAME;
		}
		if (HeaderNames.isHopByHop(key)) {
			return MetadataDrop.HOP_BY_HOP;
		}
		if (this.connectionNames.contains(key) && !key.equals(HeaderNames.HOST)) {
			return MetadataDrop.NAMED_BY_CONNECTION;
		}
		if (HeaderNames.isFraming(key)) {
			return MetadataDrop.FRAMING;
		}
		if (HeaderNames.isReservedForGrpc(key)) {
			return MetadataDrop.RESERVED_FOR_GRPC;
		}
		return (key.length() > this.settings.maximumNameBytes()) ? MetadataDrop.NAME_TOO_LONG : null;
	}

	private @Nullable MetadataDrop plain(String key, String value) {
		boolean ascii = true;
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if ((character < ' ' && character != '\t') || character == 0x7F) {
				return MetadataDrop.CONTROL_CHARACTER;
			}
			ascii &= character < 0x80;
		}
		String text = ascii ? value : utf8(value);
		if (text == null) {
			return (this.transport == Transport.GRPC) ? MetadataDrop.NOT_ASCII : MetadataDrop.NOT_UTF8;
		}
		// Characters of the value are bytes
		MetadataDrop drop = reserve(key, value.length());
		if (drop == null) {
			this.metadata.add(key, text);
		}
		return drop;
	}

	private @Nullable String utf8(String value) {
		if (this.transport == Transport.GRPC || value.chars().anyMatch((character) -> character > 0xFF)) {
			return null;
		}
		try {
			return StandardCharsets.UTF_8.newDecoder()
				.decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
				.toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

	private void encoded(String name, String key, String value) {
		for (String part : value.split(",", -1)) {
			report(name, decoded(key, base64(HeaderNames.trim(part))));
		}
	}

	private byte @Nullable [] base64(String value) {
		try {
			return Base64.getDecoder().decode(value);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private @Nullable MetadataDrop decoded(String key, byte @Nullable [] value) {
		if (value == null) {
			return MetadataDrop.NOT_BASE64;
		}
		MetadataDrop drop = reserve(key, value.length);
		if (drop == null) {
			this.metadata.addBinary(key, value);
		}
		return drop;
	}

	private @Nullable MetadataDrop reserve(String key, int valueBytes) {
		if (valueBytes > this.settings.maximumValueBytes()) {
			return MetadataDrop.VALUE_TOO_LONG;
		}
		if (this.entries == this.settings.maximumEntries()) {
			return MetadataDrop.TOO_MANY_ENTRIES;
		}
		int bytes = key.length() + valueBytes;
		if (bytes > this.settings.maximumTotalBytes() - this.totalBytes) {
			return MetadataDrop.TOTAL_SIZE;
		}
		this.entries++;
		this.totalBytes += bytes;
		return null;
	}

	private void report(String name, @Nullable MetadataDrop drop) {
		if (drop != null) {
			this.drops.dropped(name, drop);
		}
	}

}
