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

package dev.ferrule.otlp.grpc;

import java.util.concurrent.atomic.AtomicReference;

import dev.ferrule.engine.PayloadBuffer;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Request message in memory of the engine, or the reason why it is not there.
 * Thread-safe: whoever takes the memory has it.
 */
final class GrpcMessage implements AutoCloseable {

	private final AtomicReference<@Nullable PayloadBuffer> memory;

	private final @Nullable RuntimeException refusal;

	private GrpcMessage(@Nullable PayloadBuffer memory, @Nullable RuntimeException refusal) {
		this.memory = new AtomicReference<>(memory);
		this.refusal = refusal;
	}

	static GrpcMessage of(PayloadBuffer memory) {
		return new GrpcMessage(memory, null);
	}

	/**
	 * A message that was not read.
	 * @param refusal a {@link StatusRuntimeException} that goes to the client as it is,
	 * or a failure to be translated
	 * @return the message
	 */
	static GrpcMessage refused(RuntimeException refusal) {
		return new GrpcMessage(null, refusal);
	}

	@Nullable RuntimeException refusal() {
		return this.refusal;
	}

	/**
	 * Takes the memory.
	 * @return the memory, or {@code null} if it was refused, taken or given back
	 */
	@Nullable PayloadBuffer take() {
		return this.memory.getAndSet(null);
	}

	/**
	 * Gives the memory back unless it was taken.
	 */
	@Override
	public void close() {
		PayloadBuffer memory = take();
		if (memory != null) {
			memory.close();
		}
	}

}
