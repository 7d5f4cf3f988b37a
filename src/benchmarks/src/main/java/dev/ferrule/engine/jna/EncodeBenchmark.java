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

import java.util.concurrent.TimeUnit;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.EncodedContext;
import dev.ferrule.engine.jna.abi.FrameBuffer;
import dev.ferrule.engine.jna.abi.FrameBufferPool;
import dev.ferrule.engine.jna.abi.FrameEncoder;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.library.NativeLibraryLoader;
import dev.ferrule.engine.jna.library.NativeLibraryOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writing a frame: the first encoding of a context, and what each submission under it
 * costs then.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class EncodeBenchmark {

	private final CallContext context = Contexts.full();

	private final TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, new byte[1024]);

	private final NativeApi api = NativeLibraryLoader.load(NativeLibraryOptions.defaults());

	private final FrameBufferPool pool = new FrameBufferPool(this.api);

	private FrameBuffer frame = this.pool.acquire();

	/**
	 * Takes a fresh buffer.
	 */
	@Setup
	public void setUp() {
		this.frame = this.pool.acquire();
	}

	/**
	 * Gives the buffer back.
	 */
	@TearDown
	public void tearDown() {
		this.pool.release(this.frame);
	}

	/**
	 * Encodes twelve headers and attributes.
	 * @return the encoded part
	 */
	@Benchmark
	public Object first() {
		return EncodedContext.of(this.context);
	}

	/**
	 * Writes a frame with 1 KB of payload under a context that is encoded already.
	 * @return length of the frame
	 */
	@Benchmark
	public int again() {
		int length = FrameEncoder.encode(this.frame, this.context, this.payload, 0, 0);
		FrameEncoder.patch(this.frame, 1, 1, 1);
		return length;
	}

}
