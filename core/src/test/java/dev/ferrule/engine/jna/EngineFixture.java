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

package dev.ferrule.engine.jna;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An engine on a fake, with a clock that a test moves.
 */
public final class EngineFixture implements AutoCloseable {

	public static final String EXECUTOR_THREAD = "test-executor";

	public final FakeNativeApi api = new FakeNativeApi();

	final AtomicLong clock = new AtomicLong(1000);

	public final NativeEngine engine;

	/** All calls that ended, as a listener is told. */
	public final Queue<EndedCall> ended = new ConcurrentLinkedQueue<>();

	private final ExecutorService executor = Executors
		.newSingleThreadExecutor(EngineThreadFactory.factory(EXECUTOR_THREAD));

	public EngineFixture() {
		this(UnaryOperator.identity());
	}

	public EngineFixture(UnaryOperator<NativeEngineOptions.Builder> customizer) {
		this(customizer, "main");
	}

	public EngineFixture(UnaryOperator<NativeEngineOptions.Builder> customizer, String pipelines) {
		this.api.pipelines = pipelines;
		NativeEngineOptions.Builder options = NativeEngineOptions.builder()
			.name("test")
			.executor(this.executor)
			.drainTimeout(Duration.ZERO);
		this.engine = NativeEngine.start(this.api, "{}", customizer.apply(options).build(), this.clock::get);
		this.engine.setCallListeners(List.of(this.ended::add));
	}

	Executor executor() {
		return this.executor;
	}

	public CompletableFuture<ExportResult> submit() {
		return submit(CallContext.background());
	}

	public CompletableFuture<ExportResult> submit(CallContext context) {
		return this.engine.submit(payload(), context);
	}

	public static TelemetryPayload payload() {
		return TelemetryPayload.of(Signal.TRACES, new byte[] { 1, 2, 3 });
	}

	/**
	 * Waits for the failure of a call.
	 */
	public static TelemetryEngineException failure(CompletableFuture<ExportResult> future) {
		try {
			future.get(10, TimeUnit.SECONDS);
			throw new AssertionError("The call succeeded");
		}
		catch (ExecutionException ex) {
			assertThat(ex.getCause()).isInstanceOf(TelemetryEngineException.class);
			return (TelemetryEngineException) ex.getCause();
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

	public static ErrorKind kind(CompletableFuture<ExportResult> future) {
		return failure(future).failure().kind();
	}

	public EngineCounters counters() {
		return this.engine.inspector().counters();
	}

	/**
	 * Waits until everything submitted has its outcome.
	 */
	public void awaitCompleted() {
		await().untilAsserted(() -> assertThat(counters().inFlight()).isZero());
		assertBalanced();
	}

	void assertBalanced() {
		EngineCounters counters = counters();
		assertThat(counters.completed() + counters.inFlight()).isEqualTo(counters.submitted());
	}

	/**
	 * Returns how many calls the listener saw fail.
	 */
	long ended(ErrorKind kind) {
		return this.ended.stream().filter((call) -> call.failure() != null && call.failure().kind() == kind).count();
	}

	@Override
	public void close() {
		this.engine.close();
		EngineCounters counters = counters();
		assertThat(counters.completed()).isEqualTo(counters.submitted());
		assertThat(counters.inFlight()).isZero();
		await().untilAsserted(() -> assertThat(this.ended).hasSize((int) counters.submitted()));
		counters.failed().forEach((kind, count) -> assertThat(ended(kind)).isEqualTo(count));
		this.executor.shutdownNow();
	}

}
