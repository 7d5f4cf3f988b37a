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

package dev.ferrule.engine.jna.call;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;

/**
 * Payload buffer in memory that is reserved in the engine. A cleaner watches the byte
 * buffer, not this object, because views of the buffer may live on when this object is
 * gone.
 */
public final class NativePayloadBuffer implements PayloadBuffer {

	private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0);

	private final Reservation reservation;

	private final ByteBuffer buffer;

	private final Cleaner.Cleanable cleanable;

	private NativePayloadBuffer(Reservation reservation, ByteBuffer buffer) {
		this.reservation = reservation;
		this.buffer = buffer;
		this.cleanable = EngineThreadFactory.CLEANER.register(buffer, reservation);
	}

	/**
	 * Wraps memory that the caller reserved. The engine's handle is released when the
	 * memory is.
	 * @param engine retained handle of the engine
	 * @param payload payload handle
	 * @param address first byte
	 * @param size bytes, 0 or more
	 * @return the buffer
	 */
	static NativePayloadBuffer of(EngineHandle engine, long payload, long address, int size) {
		ByteBuffer memory = (size > 0) ? engine.api().memoryAt(address, size) : NO_BYTES.duplicate();
		return new NativePayloadBuffer(new Reservation(engine, payload), memory.order(ByteOrder.BIG_ENDIAN));
	}

	/**
	 * Returns the memory that holds a payload.
	 * @param payload payload to submit
	 * @param engine engine that it is submitted to
	 * @return the memory, or {@code null} if the payload is on the heap
	 * @throws IllegalArgumentException if the memory is of another engine
	 */
	static @Nullable NativePayloadBuffer of(TelemetryPayload payload, EngineHandle engine) {
		PayloadBuffer buffer = payload.payloadBuffer();
		if (buffer == null) {
			return null;
		}
		if (buffer instanceof NativePayloadBuffer nativeBuffer && nativeBuffer.belongsTo(engine)) {
			return nativeBuffer;
		}
		throw new IllegalArgumentException("The payload is in memory of another engine, reserve it in this one");
	}

	/**
	 * Reserves memory.
	 * @param submitter way into the engine
	 * @param size bytes
	 * @return the buffer
	 * @throws IllegalArgumentException if the size is negative
	 * @throws TelemetryEngineException if the engine refuses, with the caller's stack
	 * trace
	 */
	public static PayloadBuffer reserve(CallSubmitter submitter, int size) {
		if (size < 0) {
			throw new IllegalArgumentException("A payload has 0 or more bytes, not " + size);
		}
		try {
			return submitter.reserve(size);
		}
		// Thrown to the caller, and so with the caller's stack trace
		catch (EngineUnavailableException ex) {
			throw new EngineUnavailableException(ex.failure(), null);
		}
		catch (TelemetryEngineException ex) {
			throw TelemetryEngineException.withStackTrace(ex.failure(), null);
		}
	}

	@Override
	public ByteBuffer buffer() {
		if (this.reservation.done.get()) {
			throw new IllegalStateException("The payload buffer was submitted or closed before");
		}
		return this.buffer;
	}

	@Override
	public void close() {
		this.cleanable.clean();
	}

	/**
	 * Returns whether the memory was reserved in an engine.
	 * @param engine handle of the engine
	 * @return whether it belongs to that engine
	 */
	boolean belongsTo(EngineHandle engine) {
		return this.reservation.engine == engine;
	}

	/**
	 * Passes the memory on; from now on the caller sees to it, and must call
	 * {@link EngineHandle#release()} once the engine has it or it is given back.
	 * @return payload handle
	 * @throws IllegalStateException if the memory was submitted or closed before
	 */
	long take() {
		if (!this.reservation.done.compareAndSet(false, true)) {
			throw new IllegalStateException("The payload buffer was submitted or closed before");
		}
		this.cleanable.clean();
		return this.reservation.payload;
	}

	/**
	 * Must not reference the buffer, or it would never be cleaned.
	 */
	private static final class Reservation implements Runnable {

		private final EngineHandle engine;

		private final long payload;

		private final AtomicBoolean done = new AtomicBoolean();

		Reservation(EngineHandle engine, long payload) {
			this.engine = engine;
			this.payload = payload;
		}

		@Override
		public void run() {
			if (this.done.compareAndSet(false, true)) {
				this.engine.api().payloadRelease(this.engine.value(), this.payload);
				this.engine.release();
			}
		}

	}

}
