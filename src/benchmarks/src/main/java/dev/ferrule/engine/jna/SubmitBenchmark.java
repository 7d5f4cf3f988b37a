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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.ExportResult;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing 1 KB under a full context to the engine: what the caller's thread spends.
 * Waiting for the outcomes, so that no more than {@value Window#SIZE} calls are in
 * flight, is not measured. With {@code -prof gc} for the heap.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class SubmitBenchmark {

	/**
	 * Submits under a context that is encoded already.
	 * @param engine takes the call
	 * @param window keeps the call
	 * @return the future
	 */
	@Benchmark
	public CompletableFuture<ExportResult> submit(Engine engine, Window window) {
		return window.keep(engine.submit());
	}

	/**
	 * Submits without any context, to compare.
	 * @param engine takes the call
	 * @param window keeps the call
	 * @return the future
	 */
	@Benchmark
	public CompletableFuture<ExportResult> submitWithoutContext(Engine engine, Window window) {
		return window.keep(engine.submitWithoutContext());
	}

	/**
	 * Submits and cancels at once.
	 * @param engine takes the call
	 * @param window keeps the call
	 * @return whether the call was cancelled before its answer came
	 */
	@Benchmark
	public boolean submitAndCancel(Engine engine, Window window) {
		return window.keep(engine.submit()).cancel(false);
	}

	/**
	 * The calls in flight.
	 */
	@State(Scope.Thread)
	@SuppressWarnings({ "rawtypes", "unchecked" })
	public static class Window {

		static final int SIZE = 64;

		private final @Nullable CompletableFuture<ExportResult>[] calls = new CompletableFuture[SIZE];

		private int next;

		CompletableFuture<ExportResult> keep(CompletableFuture<ExportResult> call) {
			this.calls[this.next] = call;
			return call;
		}

		/**
		 * Waits until there is room for one more call.
		 * @throws Exception if a call did not succeed
		 */
		@Setup(Level.Invocation)
		public void makeRoom() throws Exception {
			this.next = (this.next + 1) % SIZE;
			CompletableFuture<ExportResult> oldest = this.calls[this.next];
			if (oldest != null && !oldest.isCancelled()) {
				oldest.get(10, TimeUnit.SECONDS);
			}
		}

	}

}
