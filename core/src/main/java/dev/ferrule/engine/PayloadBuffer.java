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
 * Buffer in memory reserved in the engine, to be filled and submitted without another
 * copy. Counts against the engine's byte budget until the engine has let go of it. Not
 * thread-safe.
 *
 * <p>
 * The buffer is a window on memory that belongs to the engine: after submission or close
 * nothing may touch it any more. Memory that is forgotten is given back once the garbage
 * collector finds the buffer and all views of it unreachable.
 */
public interface PayloadBuffer extends AutoCloseable {

	/**
	 * Returns the memory, to be written from position zero; its position when submitted
	 * is the payload's length.
	 * @return always the same direct buffer
	 * @throws IllegalStateException after submission or close
	 */
	ByteBuffer buffer();

	/**
	 * Gives the memory back if it was not submitted; harmless afterwards and when
	 * repeated.
	 */
	@Override
	void close();

}
