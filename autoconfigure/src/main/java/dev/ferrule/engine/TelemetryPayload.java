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

/**
 * OTLP bytes to be submitted: heap or direct buffers, or memory reserved in the engine.
 */
public final class TelemetryPayload {

	/**
	 * A payload of uncompressed OTLP protobuf.
	 * @param signal what the bytes hold
	 * @param bytes an {@code Export...ServiceRequest}; must not change until submit returned
	 * @return the payload
	 */
	public static TelemetryPayload of(Signal signal, byte[] bytes) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * A payload of uncompressed OTLP protobuf, gathered from buffers.
	 * @param signal what the bytes hold
	 * @param buffers remaining bytes of each, in order; their positions are not changed
	 * @return the payload
	 */
	public static TelemetryPayload of(Signal signal, ByteBuffer... buffers) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * A payload in memory reserved by {@link TelemetryEngine#reserve(int)}. Ownership passes
	 * to the engine at submit, whatever its result.
	 * @param signal what the bytes hold
	 * @param buffer filled from position zero
	 * @return the payload
	 */
	public static TelemetryPayload of(Signal signal, PayloadBuffer buffer) {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns this payload marked as encoded and compressed in the given way.
	 * @param encoding encoding after decompression
	 * @param coding compression
	 * @return the payload
	 */
	public TelemetryPayload with(PayloadEncoding encoding, ContentCoding coding) {
		throw new UnsupportedOperationException("skeleton");
	}

	public Signal signal() {
		throw new UnsupportedOperationException("skeleton");
	}

	public PayloadEncoding encoding() {
		throw new UnsupportedOperationException("skeleton");
	}

	public ContentCoding coding() {
		throw new UnsupportedOperationException("skeleton");
	}

	/**
	 * Returns the size as submitted.
	 * @return bytes
	 */
	public int size() {
		throw new UnsupportedOperationException("skeleton");
	}

}
