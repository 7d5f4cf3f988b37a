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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

import com.google.protobuf.CodedOutputStream;

/**
 * The bodies that the vectors describe in words.
 */
public final class VectorBodies {

	private static final int MEBIBYTE = 1024 * 1024;

	private VectorBodies() {
	}

	public static byte[] generate(String description, int maxBodyBytes) {
		return switch (description) {
			case "AnyValue.array_value nested 200 levels in one attribute" -> nestedAttribute(200);
			case "valid request of exactly maxBodyBytes bytes" -> request(maxBodyBytes);
			case "JSON of 8000 bytes" -> json(8000);
			case "withheld" -> new byte[0];
			case "zstd of 8000 bytes" -> zstdOfRepeatedByte(8000);
			case "gzip of 1 GiB of zeros" -> gzipOfZeros(1024);
			case "zstd frame declaring a 512 MiB window" -> zstdWithWindow(29);
			case "valid 63 MiB request" -> request(63 * MEBIBYTE);
			case "two requests on one connection, first malformed" -> new byte[] { -1, -1, -1 };
			default -> throw new IllegalArgumentException("No body for '" + description + "'");
		};
	}

	/** A request of one resource with a long schema URL. */
	public static byte[] request(int size) {
		for (int text = size; text >= 0; text--) {
			byte[] request = field(1, field(3, new byte[0], text));
			if (request.length == size) {
				return request;
			}
			if (request.length == size - 2) {
				return concat(request, new byte[] { 0x0a, 0x00 });
			}
		}
		throw new IllegalArgumentException("No request has " + size + " bytes");
	}

	private static byte[] json(int size) {
		String start = "{\"resourceSpans\":[{\"schemaUrl\":\"";
		String end = "\"}]}";
		return (start + "x".repeat(size - start.length() - end.length()) + end).getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] nestedAttribute(int levels) {
		byte[] value = field(1, "x".getBytes(StandardCharsets.US_ASCII));
		for (int i = 0; i < levels; i++) {
			value = field(5, field(1, value));
		}
		byte[] attribute = concat(field(1, "k".getBytes(StandardCharsets.US_ASCII)), field(2, value));
		return field(1, field(2, field(2, field(9, attribute))));
	}

	private static byte[] gzipOfZeros(int mebibytes) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(bytes, 64 * 1024)) {
			byte[] zeros = new byte[MEBIBYTE];
			for (int i = 0; i < mebibytes; i++) {
				gzip.write(zeros);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	// RFC 8878: magic, single segment with a content size of two bytes, one RLE block
	private static byte[] zstdOfRepeatedByte(int size) {
		int header = (size << 3) | (1 << 1) | 1;
		int contentSize = size - 256;
		return new byte[] { 0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x60, (byte) contentSize, (byte) (contentSize >> 8),
				(byte) header, (byte) (header >> 8), (byte) (header >> 16), 0 };
	}

	// RFC 8878: magic, window descriptor, one empty raw block
	private static byte[] zstdWithWindow(int logarithm) {
		return new byte[] { 0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x00, (byte) ((logarithm - 10) << 3), 1, 0, 0 };
	}

	private static byte[] field(int number, byte[] content) {
		return field(number, content, content.length);
	}

	private static byte[] field(int number, byte[] content, int length) {
		int head = CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt32SizeNoTag(length);
		byte[] field = new byte[head + length];
		CodedOutputStream output = CodedOutputStream.newInstance(field);
		try {
			output.writeTag(number, 2);
			output.writeUInt32NoTag(length);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (content.length == 0) {
			Arrays.fill(field, head, field.length, (byte) 'x');
		}
		else {
			System.arraycopy(content, 0, field, head, length);
		}
		return field;
	}

	static byte[] concat(byte[] first, byte[] second) {
		byte[] both = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, both, first.length, second.length);
		return both;
	}

}
