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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.jna.abi.RecordCursor;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading a record of the engine: a call that was committed, and a failure that is
 * described.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class RecordBenchmark {

	private final RecordCursor committed = record(0, "");

	private final RecordCursor described = record(ErrorKind.RESOURCE_EXHAUSTED.code(),
			"the downstream asks for fewer requests");

	private static RecordCursor record(int kind, String message) {
		byte[] text = message.getBytes(StandardCharsets.UTF_8);
		int length = (RecordLayout.FIXED_LENGTH + text.length + RecordLayout.ALIGNMENT - 1) / RecordLayout.ALIGNMENT
				* RecordLayout.ALIGNMENT;
		ByteBuffer buffer = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
		buffer.putInt(RecordLayout.LENGTH_OFFSET, length);
		buffer.putShort(RecordLayout.TYPE_OFFSET, (short) RecordLayout.TYPE_COMPLETION);
		buffer.put(RecordLayout.KIND_OFFSET, (byte) kind);
		buffer.putInt(RecordLayout.GRPC_CODE_OFFSET, 8);
		buffer.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, 1_000_000_000);
		buffer.putInt(RecordLayout.MESSAGE_LENGTH_OFFSET, text.length);
		buffer.put(RecordLayout.FIXED_LENGTH, text);
		RecordCursor record = new RecordCursor(buffer);
		if (!record.moveTo(0, length)) {
			throw new IllegalStateException("The record is malformed");
		}
		return record;
	}

	/**
	 * Reads a success.
	 * @return the result
	 */
	@Benchmark
	public Object committed() {
		return this.committed.result();
	}

	/**
	 * Reads a failure and makes the exception of it.
	 * @return the exception
	 */
	@Benchmark
	public Object described() {
		return TelemetryEngineException.of(this.described.failure());
	}

}
