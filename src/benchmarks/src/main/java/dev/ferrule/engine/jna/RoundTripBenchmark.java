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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.ExportResult;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the submission to the completed future.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class RoundTripBenchmark {

	private static final int IN_FLIGHT = 64;

	private static final int CALLS = 64 * IN_FLIGHT;

	/**
	 * One call at a time.
	 * @param engine takes the call
	 * @return the result
	 */
	@Benchmark
	@BenchmarkMode(Mode.SampleTime)
	public Object alone(Engine engine) {
		return engine.submit().join();
	}

	/**
	 * Many calls at a time.
	 * @param engine takes the calls
	 * @return the last result
	 */
	@Benchmark
	@BenchmarkMode(Mode.Throughput)
	@OutputTimeUnit(TimeUnit.SECONDS)
	@OperationsPerInvocation(CALLS)
	public Object many(Engine engine) {
		return run(engine, true);
	}

	/**
	 * Many calls at a time without any context, to compare.
	 * @param engine takes the calls
	 * @return the last result
	 */
	@Benchmark
	@BenchmarkMode(Mode.Throughput)
	@OutputTimeUnit(TimeUnit.SECONDS)
	@OperationsPerInvocation(CALLS)
	public Object manyWithoutContext(Engine engine) {
		return run(engine, false);
	}

	private static Object run(Engine engine, boolean context) {
		Deque<CompletableFuture<ExportResult>> calls = new ArrayDeque<>(IN_FLIGHT);
		for (int i = 0; i < CALLS; i++) {
			if (calls.size() == IN_FLIGHT) {
				calls.remove().join();
			}
			calls.add(context ? engine.submit() : engine.submitWithoutContext());
		}
		calls.forEach(CompletableFuture::join);
		return calls;
	}

}
