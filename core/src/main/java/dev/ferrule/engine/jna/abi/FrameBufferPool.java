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

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Pool of a few frame buffers. A fixed array instead of a thread-local, because virtual
 * threads come by the thousand and use a buffer only for the moment of a submission.
 * Never waits: where no buffer is at hand a new one is made.
 */
public final class FrameBufferPool {

	/** Larger buffers are left to the garbage collector. */
	static final int RETAINED_CAPACITY = 128 * 1024;

	private static final int PROBES = 4;

	private static final int MAXIMUM_SLOTS = 64;

	private final NativeApi api;

	private final AtomicReferenceArray<@Nullable FrameBuffer> slots;

	private final int mask;

	public FrameBufferPool(NativeApi api) {
		this(api, Runtime.getRuntime().availableProcessors());
	}

	public FrameBufferPool(NativeApi api, int processors) {
		this.api = api;
		int wanted = Math.min(MAXIMUM_SLOTS, Math.max(PROBES, processors * 2));
		int size = Integer.highestOneBit(wanted * 2 - 1);
		this.slots = new AtomicReferenceArray<>(size);
		this.mask = size - 1;
	}

	/**
	 * Returns a buffer that belongs to the caller until it is released.
	 * @return a buffer with undefined content
	 */
	public FrameBuffer acquire() {
		int start = start();
		for (int i = 0; i < PROBES; i++) {
			int slot = (start + i) & this.mask;
			if (this.slots.getPlain(slot) != null) {
				FrameBuffer buffer = this.slots.getAndSet(slot, null);
				if (buffer != null) {
					return buffer;
				}
			}
		}
		return new FrameBuffer(this.api);
	}

	/**
	 * Takes a buffer back.
	 * @param buffer buffer that the caller does not touch any more
	 */
	public void release(FrameBuffer buffer) {
		if (buffer.capacity() > RETAINED_CAPACITY) {
			return;
		}
		int start = start();
		for (int i = 0; i < PROBES; i++) {
			int slot = (start + i) & this.mask;
			if (this.slots.getPlain(slot) == null && this.slots.compareAndSet(slot, null, buffer)) {
				return;
			}
		}
	}

	@SuppressWarnings("deprecation") // Thread.threadId() needs Java 19
	private int start() {
		long id = Thread.currentThread().getId();
		return (int) (id ^ (id >>> 16));
	}

}
