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

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import org.jspecify.annotations.Nullable;

/**
 * Request body on its way into memory of the engine. Not thread-safe.
 *
 * <p>
 * A body of known size gets its memory at once; others start small and grow by doubling,
 * because nobody shall reserve the largest body by not telling its size.
 */
public final class ReservedBody implements AutoCloseable {

	private static final int FIRST_GUESS = 16 * 1024;

	private final TelemetryEngine engine;

	private final int limit;

	private final ByteBuffer probe = ByteBuffer.allocate(1);

	private @Nullable PayloadBuffer memory;

	private ReservedBody(TelemetryEngine engine, PayloadBuffer memory, int limit) {
		this.engine = engine;
		this.memory = memory;
		this.limit = limit;
	}

	/**
	 * Reserves memory.
	 * @param engine whose memory to take
	 * @param size size of the body, negative if unknown
	 * @param limit size of the largest body, not below the size
	 * @return an empty body
	 * @throws dev.ferrule.error.TelemetryEngineException if the engine refuses
	 */
	public static ReservedBody reserve(TelemetryEngine engine, long size, int limit) {
		int capacity = (int) Math.min(limit, (size >= 0) ? size : FIRST_GUESS);
		return new ReservedBody(engine, engine.reserve(capacity), limit);
	}

	/**
	 * Reads once from the source.
	 * @param source where the body comes from
	 * @return whether the source has more; {@code false} at its end
	 * @throws IOException if the source fails
	 * @throws BodyTooLargeException if the body is larger than the limit
	 * @throws dev.ferrule.error.TelemetryEngineException if the engine refuses memory
	 */
	public boolean readFrom(Source source) throws IOException, BodyTooLargeException {
		ByteBuffer target = buffer();
		if (target.hasRemaining()) {
			return read(source, target) >= 0;
		}
		// Full: growing is for bodies that have one more byte, not for those that end
		// here.
		this.probe.clear();
		int count = read(source, this.probe);
		if (count > 0) {
			ByteBuffer grown = grow();
			grown.put(this.probe.flip());
		}
		return count >= 0;
	}

	private static int read(Source source, ByteBuffer target) throws IOException {
		int position = target.position();
		int limit = target.limit();
		int count = source.read(target);
		// Containers differ in how they leave position and limit.
		target.limit(limit).position(position + Math.max(count, 0));
		return count;
	}

	private ByteBuffer grow() throws BodyTooLargeException {
		PayloadBuffer old = memory();
		int capacity = old.buffer().capacity();
		if (capacity >= this.limit) {
			throw new BodyTooLargeException();
		}
		PayloadBuffer grown = this.engine.reserve((int) Math.min(this.limit, Math.max(FIRST_GUESS, capacity * 2L)));
		grown.buffer().put(old.buffer().flip());
		this.memory = grown;
		old.close();
		return grown.buffer();
	}

	public int limit() {
		return this.limit;
	}

	public boolean isFull() {
		return !buffer().hasRemaining();
	}

	private ByteBuffer buffer() {
		return memory().buffer();
	}

	private PayloadBuffer memory() {
		PayloadBuffer memory = this.memory;
		if (memory == null) {
			throw new IllegalStateException("The body was taken or closed");
		}
		return memory;
	}

	/**
	 * Hands the memory over to the caller.
	 * @return the memory, filled up to its position
	 */
	public PayloadBuffer take() {
		PayloadBuffer memory = memory();
		this.memory = null;
		return memory;
	}

	/**
	 * Gives the memory back unless it was taken.
	 */
	@Override
	public void close() {
		PayloadBuffer memory = this.memory;
		this.memory = null;
		if (memory != null) {
			memory.close();
		}
	}

	/**
	 * Where a body comes from.
	 */
	public interface Source {

		/**
		 * Reads bytes.
		 * @param target receives the bytes; has room
		 * @return number of bytes, or -1 at the end
		 * @throws IOException if reading fails
		 */
		int read(ByteBuffer target) throws IOException;

	}

	/**
	 * The body is larger than the limit.
	 */
	public static final class BodyTooLargeException extends Exception {

		private static final long serialVersionUID = 1L;

		public BodyTooLargeException() {
			super(null, null, false, false);
		}

	}

}
