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

package dev.ferrule.error;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.rpc.RpcStatus;
import dev.ferrule.grpc.GrpcStatusRenderer;
import dev.ferrule.web.ProblemDetailRenderer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the exception of a throttled call to what clients get, with and without a detail
 * of the downstream.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class ErrorBenchmark {

	private static final String DETAIL = """
			{"details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"subject":"acme"}]}]}""";

	private final ErrorTranslator translator = ErrorTranslator.create();

	private TelemetryEngineException exception = exception(null);

	/** Whether the downstream told more than code, message and delay. */
	@Param({ "false", "true" })
	public boolean detailed;

	private static TelemetryEngineException exception(@Nullable String details) {
		return TelemetryEngineException.of(new Failure(ErrorKind.RESOURCE_EXHAUSTED, 8, 0, 0, false,
				Duration.ofMillis(1500), null, false, "the downstream asks for fewer requests", details));
	}

	/**
	 * Makes the exception.
	 */
	@Setup
	public void prepare() {
		this.exception = exception(this.detailed ? DETAIL : null);
	}

	/**
	 * Decides what goes on the wire.
	 * @return the neutral answer
	 */
	@Benchmark
	public Object translated() {
		return this.translator.translate(this.exception);
	}

	/**
	 * Decides, and makes the answer of a controller.
	 * @return the answer, not yet JSON
	 */
	@Benchmark
	public Object problemDetail() {
		return ProblemDetailRenderer.toResponse(this.translator.translate(this.exception));
	}

	/**
	 * Decides, and makes what closes a gRPC call.
	 * @return the status with its trailers
	 */
	@Benchmark
	public Object grpcStatus() {
		return GrpcStatusRenderer.toException(this.translator.translate(this.exception));
	}

	/**
	 * Decides, and encodes the body for OTLP over HTTP with protobuf.
	 * @return the body
	 */
	@Benchmark
	public Object protobuf() {
		return RpcStatus.of(this.translator.translate(this.exception)).toProtobuf();
	}

	/**
	 * Decides, and encodes the body for OTLP over HTTP with JSON.
	 * @return the body
	 */
	@Benchmark
	public Object json() {
		return RpcStatus.of(this.translator.translate(this.exception)).toJson();
	}

}
