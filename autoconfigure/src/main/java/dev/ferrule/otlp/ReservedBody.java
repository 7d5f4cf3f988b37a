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
import dev.ferrule.error.ThrottledTelemetryException;
import org.jspecify.annotations.Nullable;

/**
 * Request body on its way into memory of the engine. Not thread-safe.
 *
 * <p>
 * A body that is there gets its memory at once. One that is still to arrive starts small
 * and grows with what arrives: nobody shall hold the memory of a large body by announcing
 * it, nor by not telling its size.
 */
public final class ReservedBody implements AutoCloseable {

	/** Room for the beginning of a body of unknown size. */
	private static final int FIRST_GUESS = 16 * 1024;

	/** Room for the beginning of a body of known size; most bodies are smaller. */
	private static final int BEGINNING = 64 * 1024;

	/** Growth at most, so that no more than a third of a body is copied. */
	private static final int STEP = 4;

	private final TelemetryEngine engine;

	private final int limit;

	private final ByteBuffer probe = ByteBuffer.allocate(1);

	private final @Nullable UnfinishedBodies room;

	/** Capacity to end with if it is known, otherwise negative. */
	private final int size;

	private @Nullable PayloadBuffer memory;

	/** What is taken of the room. */
	private long held;

	private ReservedBody(TelemetryEngine engine, int capacity, int size, int limit, @Nullable UnfinishedBodies room) {
		this.engine = engine;
		this.size = size;
		this.limit = limit;
		this.room = room;
		if (room != null) {
			room.begin(capacity);
			this.held = capacity;
		}
		try {
			this.memory = engine.reserve(capacity);
		}
		catch (RuntimeException | Error ex) {
			leaveRoom();
			throw ex;
		}
	}

	/**
	 * Reserves memory for a body that is still to arrive.
	 * @param engine whose memory to take
	 * @param size announced size of the body, negative if unknown
	 * @param limit size of the largest body, not below the size
	 * @param room shared with other such bodies
	 * @return an empty body
	 * @throws dev.ferrule.error.TelemetryEngineException if the engine refuses, or the
	 * others leave no room
	 */
	public static ReservedBody arriving(TelemetryEngine engine, long size, int limit, UnfinishedBodies room) {
		int capacity = (int) Math.min(limit, (size >= 0) ? Math.min(size, BEGINNING) : FIRST_GUESS);
		return new ReservedBody(engine, capacity, (int) Math.min(limit, size), limit, room);
	}

	/**
	 * Reserves memory for a body that is there.
	 * @param engine whose memory to take
	 * @param size size of the body, negative if unknown
	 * @param limit size of the largest body, not below the size
	 * @return an empty body
	 * @throws dev.ferrule.error.TelemetryEngineException if the engine refuses
	 */
	public static ReservedBody reserve(TelemetryEngine engine, long size, int limit) {
		int capacity = (int) Math.min(limit, (size >= 0) ? size : FIRST_GUESS);
		return new ReservedBody(engine, capacity, -1, limit, null);
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
		int next = next(capacity);
		if (this.room != null) {
			this.room.grow(next - capacity);
			this.held += next - capacity;
		}
		PayloadBuffer grown = move(old, next);
		this.memory = grown;
		return grown.buffer();
	}

	private int next(int capacity) {
		if (this.size > capacity) {
			return (int) Math.min(this.size, (long) capacity * STEP);
		}
		return (int) Math.min(this.limit, Math.max(FIRST_GUESS, capacity * 2L));
	}

	private PayloadBuffer move(PayloadBuffer old, int capacity) {
		PayloadBuffer grown;
		try {
			grown = this.engine.reserve(capacity);
		}
		catch (ThrottledTelemetryException ex) {
			return moveThroughHeap(old, capacity);
		}
		grown.buffer().put(old.buffer().flip());
		old.close();
		return grown;
	}

	// A body that fits must not fail because it does not fit twice.
	private PayloadBuffer moveThroughHeap(PayloadBuffer old, int capacity) {
		byte[] bytes = new byte[old.buffer().flip().remaining()];
		old.buffer().get(bytes);
		this.memory = null;
		old.close();
		PayloadBuffer grown = this.engine.reserve(capacity);
		grown.buffer().put(bytes);
		return grown;
	}

	public int limit() {
		return this.limit;
	}

	/**
	 * Returns how much has arrived.
	 * @return bytes, 0 if the body was taken or closed
	 */
	public int received() {
		PayloadBuffer memory = this.memory;
		return (memory != null) ? memory.buffer().position() : 0;
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
		leaveRoom();
		return memory;
	}

	/**
	 * Gives the memory back unless it was taken.
	 */
	@Override
	public void close() {
		PayloadBuffer memory = this.memory;
		this.memory = null;
		leaveRoom();
		if (memory != null) {
			memory.close();
		}
	}

	private void leaveRoom() {
		if (this.room != null && this.held != 0) {
			this.room.end(this.held);
			this.held = 0;
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
