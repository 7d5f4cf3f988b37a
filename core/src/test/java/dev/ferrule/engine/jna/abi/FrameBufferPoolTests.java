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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FrameBufferPoolTests {

	private final FrameBufferPool pool = new FrameBufferPool(new FakeNativeApi(), 2);

	@Test
	void releasedBufferIsUsedAgain() {
		FrameBuffer buffer = this.pool.acquire();
		this.pool.release(buffer);
		assertThat(this.pool.acquire()).isSameAs(buffer);
	}

	@Test
	void bufferInUseIsNotGivenOut() {
		FrameBuffer buffer = this.pool.acquire();
		assertThat(this.pool.acquire()).isNotSameAs(buffer);
	}

	@Test
	void bufferThatGrewTooLargeIsDropped() {
		FrameBuffer buffer = this.pool.acquire();
		buffer.withCapacity(FrameBufferPool.RETAINED_CAPACITY + 1);
		this.pool.release(buffer);
		assertThat(this.pool.acquire()).isNotSameAs(buffer);
	}

	@Test
	void bufferOfTheLargestRetainedSizeIsKept() {
		FrameBuffer buffer = this.pool.acquire();
		buffer.withCapacity(FrameBufferPool.RETAINED_CAPACITY - 1);
		assertThat(buffer.capacity()).isEqualTo(FrameBufferPool.RETAINED_CAPACITY);
		this.pool.release(buffer);
		assertThat(this.pool.acquire()).isSameAs(buffer);
	}

	@Test
	void poolKeepsNoMoreBuffersThanItHasSlots() {
		List<FrameBuffer> buffers = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			buffers.add(this.pool.acquire());
		}
		buffers.forEach(this.pool::release);
		long kept = 0;
		for (int i = 0; i < 100; i++) {
			kept += buffers.contains(this.pool.acquire()) ? 1 : 0;
		}
		assertThat(kept).isBetween(1L, 4L);
	}

	@Test
	void growingBufferGetsANewAddress() {
		FrameBuffer buffer = this.pool.acquire();
		long address = buffer.address();
		buffer.withCapacity(FrameBuffer.INITIAL_CAPACITY);
		assertThat(buffer.address()).isEqualTo(address);
		buffer.withCapacity(FrameBuffer.INITIAL_CAPACITY + 1);
		assertThat(buffer.address()).isNotEqualTo(address);
		assertThat(buffer.capacity()).isEqualTo(2 * FrameBuffer.INITIAL_CAPACITY);
	}

}
