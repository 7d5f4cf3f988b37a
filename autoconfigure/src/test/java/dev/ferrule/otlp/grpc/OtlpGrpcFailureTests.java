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

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.OtlpSignal;
import dev.ferrule.otlp.VectorBodies;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link OtlpGrpcService} on a gRPC server: what fails, the translator included.
 */
class OtlpGrpcFailureTests {

	private static final byte[] REQUEST = VectorBodies.request(100);

	private static final OtlpGrpcOptions OPTIONS = OtlpGrpcOptions.defaults();

	private static final GrpcCallContextFactory CONTEXTS = GrpcCallContextFactory
		.withDeadline(OPTIONS.defaultDeadline(), OPTIONS.maxDeadline());

	private static final ErrorTranslator BROKEN = (error) -> {
		throw new IllegalStateException("broken translator");
	};

	private final FakeEngine engine = new FakeEngine();

	private OtlpGrpcServer server = new OtlpGrpcServer(this.engine, OPTIONS);

	@AfterEach
	void stopAndCountMemory() {
		this.engine.awaitNothingReserved();
		this.server.close();
		this.engine.close();
	}

	@Test
	void throttlingCarriesRetryInfo() throws Exception {
		this.engine.refuse(TelemetryEngineException
			.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full").withRetryDelay(Duration.ofMillis(250))));
		Status status = failure(REQUEST);
		assertThat(status.getCode()).isEqualTo(8);
		RetryInfo retryInfo = status.getDetails(0).unpack(RetryInfo.class);
		assertThat(retryInfo.getRetryDelay().getNanos()).isEqualTo(250_000_000);
	}

	@Test
	void callThatIsRefusedByTheContextIsNotRead() {
		this.server.close();
		this.server = new OtlpGrpcServer(this.engine, OPTIONS, (call, headers, cancellation) -> {
			throw TelemetryEngineException.of(Failure.of(ErrorKind.PERMANENT, "who are you").withGrpcCode(16));
		});
		assertThat(failure(REQUEST).getCode()).isEqualTo(16);
		assertThat(this.engine.peakBytes()).isZero();
	}

	@Test
	void outcomeThatCannotBeTranslatedIsInternalError() {
		this.engine.behave(FakeEngine.Behaviour.fails(Failure.of(ErrorKind.PERMANENT, "secret")));
		restart(BROKEN, CONTEXTS);
		assertInternalError();
		restart((error) -> null, CONTEXTS);
		assertInternalError();
	}

	@Test
	void refusalsThatCannotBeTranslatedAreInternalErrors() {
		this.engine.refuse(TelemetryEngineException.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full")));
		restart(BROKEN, CONTEXTS);
		assertInternalError();
		restart(BROKEN, (call, headers, cancellation) -> {
			throw new IllegalStateException("secret");
		});
		assertInternalError();
	}

	@Test
	void missingOutcomeIsInternalError() {
		this.engine.behave((call) -> call.outcome().complete(null));
		assertThat(failure(REQUEST).getCode()).isEqualTo(13);
	}

	private void restart(ErrorTranslator translator, GrpcCallContextFactory contexts) {
		this.server.close();
		this.server = new OtlpGrpcServer(this.engine, translator, OPTIONS, contexts);
	}

	private void assertInternalError() {
		Status status = failure(REQUEST);
		assertThat(status.getCode()).isEqualTo(13);
		assertThat(status.getMessage()).isEqualTo("Internal error");
	}

	private Status failure(byte[] message) {
		try {
			ClientCalls.blockingUnaryCall(this.server.channel(), ByteMethods.export(OtlpSignal.TRACES),
					CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), message);
		}
		catch (StatusRuntimeException ex) {
			return StatusProto.fromThrowable(ex);
		}
		throw new AssertionError("no failure");
	}

}
