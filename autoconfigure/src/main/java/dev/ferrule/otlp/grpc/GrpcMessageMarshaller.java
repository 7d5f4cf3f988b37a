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

package dev.ferrule.otlp.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.grpc.GrpcStatusRenderer;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.ReservedBody;
import dev.ferrule.otlp.ReservedBody.BodyTooLargeException;
import io.grpc.Context;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Marshaller that copies request messages as they are from the buffers of the transport
 * into memory of the engine. Never throws: an exception here would reach the client as an
 * internal error.
 *
 * <p>
 * Interceptors may drop a message before the handler sees it, so the memory is tied to
 * the context of the call, which ends with the call in any case.
 */
final class GrpcMessageMarshaller implements MethodDescriptor.Marshaller<GrpcMessage> {

	private static final int CHUNK = 16 * 1024;

	private final TelemetryEngine engine;

	private final int limit;

	GrpcMessageMarshaller(TelemetryEngine engine, int limit) {
		this.engine = engine;
		this.limit = limit;
	}

	@Override
	public InputStream stream(GrpcMessage value) {
		throw new UnsupportedOperationException("Requests are only read");
	}

	@Override
	public GrpcMessage parse(InputStream stream) {
		GrpcMessage message;
		try {
			message = read(stream);
		}
		catch (BodyTooLargeException ex) {
			message = GrpcMessage.refused(GrpcStatusRenderer.toException(EdgeRefusals.tooLarge(this.limit)));
		}
		catch (IOException ex) {
			message = GrpcMessage.refused(
					Status.INTERNAL.withDescription("Message could not be read").withCause(ex).asRuntimeException());
		}
		catch (RuntimeException ex) {
			message = GrpcMessage.refused(decoded(ex));
		}
		Context.current().addListener(release(message), Runnable::run);
		return message;
	}

	private static Context.CancellationListener release(GrpcMessage message) {
		return (context) -> message.close();
	}

	// The decompressor says what is wrong in the words of a status.
	private RuntimeException decoded(RuntimeException failure) {
		if (failure instanceof StatusRuntimeException status
				&& status.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
			return GrpcStatusRenderer.toException(EdgeRefusals.tooLarge(this.limit));
		}
		return failure;
	}

	private GrpcMessage read(InputStream stream) throws IOException, BodyTooLargeException {
		// Only uncompressed messages have a known length.
		int size = (stream instanceof KnownLength) ? stream.available() : -1;
		if (size > this.limit) {
			throw new BodyTooLargeException();
		}
		try (ReservedBody body = ReservedBody.reserve(this.engine, size, this.limit)) {
			ReservedBody.Source source = source(stream);
			boolean more = size != 0;
			while (more) {
				more = body.readFrom(source) && !(size > 0 && body.isFull());
			}
			return GrpcMessage.of(body.take());
		}
	}

	private static ReservedBody.Source source(InputStream stream) {
		if (stream instanceof HasByteBuffer buffers && buffers.byteBufferSupported()) {
			return (target) -> copy(stream, buffers, target);
		}
		byte[] chunk = new byte[CHUNK];
		return (target) -> {
			int count = stream.read(chunk, 0, Math.min(chunk.length, target.remaining()));
			if (count > 0) {
				target.put(chunk, 0, count);
			}
			return count;
		};
	}

	private static int copy(InputStream stream, HasByteBuffer buffers, ByteBuffer target) throws IOException {
		ByteBuffer source = (stream.available() > 0) ? buffers.getByteBuffer() : null;
		if (source == null) {
			return -1;
		}
		int count = Math.min(source.remaining(), target.remaining());
		target.put(source.duplicate().limit(source.position() + count));
		// Skipping frees the buffers of the transport one by one.
		long skipped = stream.skip(count);
		if (skipped != count) {
			throw new IOException("Message ended early");
		}
		return count;
	}

}
