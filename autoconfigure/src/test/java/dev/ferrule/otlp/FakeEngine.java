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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine that does as it is told and counts the memory it has given out. Outcomes come
 * from another thread, as those of the real one.
 */
public final class FakeEngine implements TelemetryEngine, AutoCloseable {

	private static final ExportResult DELIVERED = new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO,
			1);

	private final ExecutorService executor = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "fake-engine");
		thread.setDaemon(true);
		return thread;
	});

	private final AtomicInteger reserved = new AtomicInteger();

	private final AtomicLong reservedBytes = new AtomicLong();

	private final AtomicLong peakBytes = new AtomicLong();

	private final List<Call> calls = new CopyOnWriteArrayList<>();

	private volatile Behaviour behaviour = Behaviour.delivers();

	private volatile @Nullable RuntimeException refusal;

	private volatile long budget = Long.MAX_VALUE;

	public void behave(Behaviour behaviour) {
		this.behaviour = behaviour;
	}

	public void refuse(@Nullable RuntimeException refusal) {
		this.refusal = refusal;
	}

	/** Refuses to give out more than so many bytes. */
	public void limit(long budget) {
		this.budget = budget;
	}

	public void reset() {
		this.behaviour = Behaviour.delivers();
		this.refusal = null;
		this.calls.clear();
		this.peakBytes.set(0);
	}

	public List<Call> calls() {
		return this.calls;
	}

	/** Buffers that were neither submitted nor closed. */
	public int reserved() {
		return this.reserved.get();
	}

	/**
	 * Waits until there is no such buffer.
	 */
	public void awaitNothingReserved() {
		Awaitility.await().untilAsserted(() -> assertThat(reserved()).isZero());
	}

	public long peakBytes() {
		return this.peakBytes.get();
	}

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		FakeBuffer buffer = (FakeBuffer) payload.payloadBuffer();
		byte[] bytes = new byte[payload.size()];
		buffer.buffer().flip().get(bytes);
		buffer.close();
		Call call = new Call(payload, bytes, context, new CompletableFuture<>());
		this.calls.add(call);
		context.cancellation().onCancel((cause) -> call.fail(Failure.cancelled(cause, "cancelled")));
		this.executor.execute(() -> this.behaviour.accept(call));
		return call.outcome();
	}

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload) {
		return submit(payload, CallContext.builder().build());
	}

	@Override
	public PayloadBuffer reserve(int size) {
		RuntimeException refusal = this.refusal;
		if (refusal != null) {
			throw refusal;
		}
		if (this.reservedBytes.get() + size > this.budget) {
			throw TelemetryEngineException.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full"));
		}
		return new FakeBuffer(size);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return this;
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	/**
	 * What the engine does with a call.
	 */
	public interface Behaviour {

		void accept(Call call);

		static Behaviour delivers() {
			return (call) -> call.outcome().complete(DELIVERED);
		}

		static Behaviour answers(long rejected, String message) {
			return (call) -> call.outcome()
				.complete(new ExportResult(rejected, message, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1));
		}

		static Behaviour fails(Failure failure) {
			return (call) -> call.fail(failure);
		}

		static Behaviour hangs() {
			return (call) -> {
			};
		}

	}

	/**
	 * A submitted call.
	 *
	 * @param payload payload as submitted
	 * @param bytes its bytes
	 * @param context context of the call
	 * @param outcome to be completed
	 */
	public record Call(TelemetryPayload payload, byte[] bytes, CallContext context,
			CompletableFuture<ExportResult> outcome) {

		public Signal signal() {
			return this.payload.signal();
		}

		public @Nullable CancellationCause cause() {
			return this.context.cancellation().cause();
		}

		public Duration timeLeft() {
			Deadline deadline = this.context.deadline();
			return (deadline != null) ? Duration.ofNanos(deadline.remainingNanos()) : Duration.ZERO;
		}

		void fail(Failure failure) {
			this.outcome.completeExceptionally(TelemetryEngineException.of(failure));
		}

	}

	private final class FakeBuffer implements PayloadBuffer {

		private final int size;

		private @Nullable ByteBuffer memory;

		FakeBuffer(int size) {
			this.size = size;
			this.memory = ByteBuffer.allocateDirect(size);
			FakeEngine.this.reserved.incrementAndGet();
			long bytes = FakeEngine.this.reservedBytes.addAndGet(size);
			FakeEngine.this.peakBytes.accumulateAndGet(bytes, Math::max);
		}

		@Override
		public ByteBuffer buffer() {
			ByteBuffer memory = this.memory;
			if (memory == null) {
				throw new IllegalStateException("submitted or closed");
			}
			return memory;
		}

		@Override
		public void close() {
			if (this.memory != null) {
				this.memory = null;
				FakeEngine.this.reserved.decrementAndGet();
				FakeEngine.this.reservedBytes.addAndGet(-this.size);
			}
		}

	}

}
