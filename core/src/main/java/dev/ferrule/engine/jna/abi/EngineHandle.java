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

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The handle of an engine, freed when it is released and no reserved memory is left. The
 * memory itself outlives the engine, so writing into it is safe at any time; the count
 * keeps memory from being reserved in an engine that is just freed.
 */
public final class EngineHandle {

	private final NativeApi api;

	private final long value;

	/** One for the engine itself and one for each reservation; 0 once freed. */
	private final AtomicInteger references = new AtomicInteger(1);

	public EngineHandle(NativeApi api, long value) {
		this.api = api;
		this.value = value;
	}

	public NativeApi api() {
		return this.api;
	}

	public long value() {
		return this.value;
	}

	/**
	 * Keeps the engine from being freed.
	 * @return whether it was not freed yet
	 */
	public boolean retain() {
		int current = this.references.get();
		while (current > 0) {
			if (this.references.compareAndSet(current, current + 1)) {
				return true;
			}
			current = this.references.get();
		}
		return false;
	}

	/**
	 * Undoes one {@link #retain()}, or the reference of the engine itself.
	 */
	public void release() {
		if (this.references.decrementAndGet() == 0) {
			this.api.engineFree(this.value);
		}
	}

}
