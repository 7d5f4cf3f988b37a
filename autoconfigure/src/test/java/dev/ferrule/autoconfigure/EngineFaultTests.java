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

package dev.ferrule.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that every call ends, and ends once, whatever happens in the engine. They need
 * the library with nodes for tests.
 */
class EngineFaultTests {

	private final FaultEngine engine = new FaultEngine(TestingPipeline.LOCATION, "ferrule.engine.max-in-flight=8");

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void acknowledgedCallSucceeds() {
		ExportResult result = FaultEngine.result(this.engine.submit("ack"));
		assertThat(result.rejectedItems()).isZero();
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void partialSuccessCrossesWhole() {
		ExportResult result = FaultEngine.result(this.engine.submit("partial;rejected=3;message=three were too old"));
		assertThat(result.rejectedItems()).isEqualTo(3);
		assertThat(result.message()).isEqualTo("three were too old");
		this.engine.assertExactlyOneOutcome();
	}

	@ParameterizedTest
	@CsvSource({ "permanent, PERMANENT, 0, 0, true", "permanent;code=3, PERMANENT, 3, 0, true",
			"retryable, RETRYABLE, 0, 0, false", "retryable;delay=7000, RETRYABLE, 0, 7000, false",
			"timeout, TIMEOUT, 0, 0, false", "cancelled, CANCELLED, 0, 0, false",
			"exhausted;delay=2000, RESOURCE_EXHAUSTED, 0, 2000, false", "configuration, CONFIGURATION, 0, 0, true" })
	void failureCrossesWhole(String outcome, ErrorKind kind, int grpcCode, long delayMillis, boolean permanent) {
		Failure failure = FaultEngine.failure(this.engine.submit(outcome)).failure();
		assertThat(failure.kind()).isEqualTo(kind);
		if (grpcCode != 0) {
			assertThat(failure.grpcCode()).isEqualTo(grpcCode);
		}
		assertThat(failure.permanent()).isEqualTo(permanent);
		if (delayMillis != 0) {
			assertThat(failure.retryDelay()).isEqualTo(Duration.ofMillis(delayMillis));
		}
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void deadlineEndsACallThatHangs() {
		long start = System.nanoTime();
		TelemetryEngineException failure = FaultEngine.failure(this.engine.submit("hang", Duration.ofMillis(300)));
		assertThat(failure.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300),
				Duration.ofSeconds(5));
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void cancelledFutureEndsTheCallInTheEngine() {
		CompletableFuture<ExportResult> call = this.engine.submit("hang");
		assertThat(call.cancel(true)).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(call::join);
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void cancellationTokenEndsTheCall() {
		CancellationSource source = new CancellationSource();
		CompletableFuture<ExportResult> call = this.engine
			.submit(FaultEngine.context("hang").cancellation(source.token()).build());
		source.cancel(CancellationCause.CLIENT);
		Failure failure = FaultEngine.failure(call).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.cause()).isEqualTo(CancellationCause.CLIENT);
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void tooManyCallsAreThrottledUntilOneEnds() {
		List<CompletableFuture<ExportResult>> hanging = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			hanging.add(this.engine.submit("hang"));
		}
		Failure failure = FaultEngine.failure(this.engine.submit("ack")).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE_EXHAUSTED);
		assertThat(failure.permanent()).isFalse();
		assertThat(failure.retryDelay()).isPositive();
		hanging.forEach((call) -> call.cancel(true));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> !this.engine.submit("ack").handle((result, ex) -> ex != null).join());
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void closingTheContextEndsCallsInFlight() {
		CompletableFuture<ExportResult> hanging = this.engine.submit("hang");
		// Calls enter the pipeline in order, so the first is in it when the second has
		// ended.
		FaultEngine.result(this.engine.submit("ack"));
		this.engine.close();
		assertThat(hanging).isDone();
		Failure failure = FaultEngine.failure(hanging).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.cause()).isEqualTo(CancellationCause.SHUTDOWN);
		this.engine.assertExactlyOneOutcome();
	}

	@RepeatedTest(10)
	void closingTheContextEndsCallsThatJustEntered() {
		CompletableFuture<ExportResult> entering = this.engine.submit("hang");
		this.engine.close();
		assertThat(entering).isDone();
		assertThat(FaultEngine.failure(entering).failure().permanent()).isFalse();
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void stoppedContextRefusesAndRestartedContextAccepts() {
		this.engine.context().stop();
		Failure failure = FaultEngine.failure(this.engine.submit("ack")).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(failure.retryDelay()).isPositive();
		this.engine.context().start();
		assertThat(FaultEngine.result(this.engine.submit("ack"))).isNotNull();
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void panicOfTheExporterEndsItsCallsAndTheEngineRecovers() {
		CompletableFuture<ExportResult> bystander = this.engine.submit("hang");
		Failure failure = FaultEngine.failure(this.engine.submit("panic")).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(failure.deliveryUnknown()).isTrue();
		assertThat(FaultEngine.failure(bystander).failure().kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertRecovers();
	}

	@Test
	void panicOfAProcessorEndsItsCallsAndTheEngineRecovers() {
		Failure failure = FaultEngine.failure(this.engine.submit("panic-processor")).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertRecovers();
	}

	private void assertRecovers() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(200))
			.until(() -> !this.engine.submit("ack").handle((result, ex) -> ex != null).join());
		this.engine.assertExactlyOneOutcome();
	}

}
