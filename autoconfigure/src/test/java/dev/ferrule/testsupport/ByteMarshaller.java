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

package dev.ferrule.testsupport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.grpc.MethodDescriptor;

/**
 * Leaves messages as they are.
 */
public final class ByteMarshaller implements MethodDescriptor.Marshaller<byte[]> {

	private static final ByteMarshaller INSTANCE = new ByteMarshaller();

	private ByteMarshaller() {
	}

	/**
	 * Describes a method of one request and one response.
	 * @param name full name of the method
	 * @return the method
	 */
	public static MethodDescriptor<byte[], byte[]> method(String name) {
		return MethodDescriptor.newBuilder(INSTANCE, INSTANCE)
			.setType(MethodDescriptor.MethodType.UNARY)
			.setFullMethodName(name)
			.build();
	}

	@Override
	public InputStream stream(byte[] value) {
		return new ByteArrayInputStream(value);
	}

	@Override
	public byte[] parse(InputStream stream) {
		try {
			return stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
