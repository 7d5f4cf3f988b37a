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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A direct buffer that grows, together with its address. Not thread-safe; whoever
 * acquired it from the pool owns it until it is released.
 */
public final class FrameBuffer {

	static final int INITIAL_CAPACITY = 8 * 1024;

	private final NativeApi api;

	private ByteBuffer buffer;

	private long address;

	FrameBuffer(NativeApi api) {
		this.api = api;
		this.buffer = allocate(INITIAL_CAPACITY);
		this.address = api.addressOf(this.buffer);
	}

	/**
	 * Returns a buffer of at least the given capacity; its content is undefined.
	 * @param capacity bytes
	 * @return a little-endian buffer, to be used with absolute positions
	 */
	ByteBuffer withCapacity(int capacity) {
		if (capacity > this.buffer.capacity()) {
			int rounded = (capacity > (1 << 30)) ? capacity : Integer.highestOneBit(capacity - 1) << 1;
			this.buffer = allocate(rounded);
			this.address = this.api.addressOf(this.buffer);
		}
		return this.buffer;
	}

	public ByteBuffer buffer() {
		return this.buffer;
	}

	public long address() {
		return this.address;
	}

	int capacity() {
		return this.buffer.capacity();
	}

	private static ByteBuffer allocate(int capacity) {
		return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
	}

}
