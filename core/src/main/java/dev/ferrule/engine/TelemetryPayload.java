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

import org.jspecify.annotations.Nullable;

/**
 * Payload of a call, OTLP bytes to be submitted: heap or direct buffers, or memory
 * reserved in the engine. Immutable, but does not copy the bytes.
 */
public final class TelemetryPayload {

	private static final ByteBuffer[] NO_BUFFERS = {};

	private final Signal signal;

	private final PayloadEncoding encoding;

	private final ContentCoding coding;

	private final byte @Nullable [] bytes;

	private final ByteBuffer[] buffers;

	private final @Nullable PayloadBuffer payloadBuffer;

	private final int gatheredSize;

	private TelemetryPayload(Signal signal, PayloadEncoding encoding, ContentCoding coding, byte @Nullable [] bytes,
			ByteBuffer[] buffers, @Nullable PayloadBuffer payloadBuffer, int gatheredSize) {
		this.signal = signal;
		this.encoding = encoding;
		this.coding = coding;
		this.bytes = bytes;
		this.buffers = buffers;
		this.payloadBuffer = payloadBuffer;
		this.gatheredSize = gatheredSize;
	}

	/**
	 * A payload of uncompressed OTLP protobuf.
	 * @param signal what the bytes hold
	 * @param bytes an {@code Export...ServiceRequest}; must not change until submit
	 * returned
	 * @return the payload
	 */
	public static TelemetryPayload of(Signal signal, byte[] bytes) {
		return new TelemetryPayload(signal, PayloadEncoding.PROTOBUF, ContentCoding.IDENTITY, bytes, NO_BUFFERS, null,
				bytes.length);
	}

	/**
	 * A payload of uncompressed OTLP protobuf, gathered from buffers.
	 * @param signal what the bytes hold
	 * @param buffers remaining bytes of each, in order; their positions are not changed,
	 * and changing them later does not change the payload
	 * @return the payload
	 * @throws IllegalArgumentException if the buffers hold more than 2^31-1 bytes
	 * together
	 */
	public static TelemetryPayload of(Signal signal, ByteBuffer... buffers) {
		ByteBuffer[] views = new ByteBuffer[buffers.length];
		long size = 0;
		for (int i = 0; i < buffers.length; i++) {
			views[i] = buffers[i].duplicate();
			size += views[i].remaining();
		}
		if (size > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("A payload of " + size + " bytes is too large, at most "
					+ Integer.MAX_VALUE + " bytes can be submitted");
		}
		return new TelemetryPayload(signal, PayloadEncoding.PROTOBUF, ContentCoding.IDENTITY, null, views, null,
				(int) size);
	}

	/**
	 * A payload in memory reserved by {@link TelemetryEngine#reserve(int)}. Ownership
	 * passes to the engine at submit, whatever its result.
	 * @param signal what the bytes hold
	 * @param buffer filled from position zero
	 * @return the payload
	 * @throws IllegalStateException if the buffer was submitted or closed before
	 */
	public static TelemetryPayload of(Signal signal, PayloadBuffer buffer) {
		return new TelemetryPayload(signal, PayloadEncoding.PROTOBUF, ContentCoding.IDENTITY, null,
				new ByteBuffer[] { buffer.buffer() }, buffer, -1);
	}

	/**
	 * Returns this payload marked as encoded and compressed in the given way.
	 * @param encoding encoding after decompression
	 * @param coding compression
	 * @return the payload
	 */
	public TelemetryPayload with(PayloadEncoding encoding, ContentCoding coding) {
		return new TelemetryPayload(this.signal, encoding, coding, this.bytes, this.buffers, this.payloadBuffer,
				this.gatheredSize);
	}

	/**
	 * Returns what the payload holds.
	 * @return the signal
	 */
	public Signal signal() {
		return this.signal;
	}

	/**
	 * Returns how the payload is encoded after decompression.
	 * @return the encoding
	 */
	public PayloadEncoding encoding() {
		return this.encoding;
	}

	/**
	 * Returns how the payload is compressed.
	 * @return the coding
	 */
	public ContentCoding coding() {
		return this.coding;
	}

	/**
	 * Returns the size as submitted.
	 * @return bytes
	 */
	public int size() {
		return (this.payloadBuffer != null) ? this.buffers[0].position() : this.gatheredSize;
	}

	/**
	 * Returns the memory reserved in the engine that holds this payload.
	 * @return the memory, or {@code null} if the bytes are in memory of the application
	 */
	public @Nullable PayloadBuffer payloadBuffer() {
		return this.payloadBuffer;
	}

	/**
	 * Copies the bytes of a payload that is in memory of the application. Changes no
	 * position and allocates nothing.
	 * @param target receives {@link #size()} bytes
	 * @param index where the first byte goes
	 * @throws IllegalStateException if the payload is in memory reserved in the engine
	 * @throws IndexOutOfBoundsException if the target is too small
	 */
	public void copyTo(ByteBuffer target, int index) {
		if (this.payloadBuffer != null) {
			throw new IllegalStateException("The payload is in memory reserved in the engine");
		}
		if (this.bytes != null) {
			target.put(index, this.bytes);
			return;
		}
		int at = index;
		for (ByteBuffer buffer : this.buffers) {
			int length = buffer.remaining();
			target.put(at, buffer, buffer.position(), length);
			at += length;
		}
	}

	/**
	 * Describes the payload without its bytes.
	 */
	@Override
	public String toString() {
		return "TelemetryPayload[signal=" + this.signal + ", encoding=" + this.encoding + ", coding=" + this.coding
				+ ", size=" + size() + "]";
	}

}
