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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.call.CallSubmitter;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class NativeEngineLifecycleTests {

	@Test
	void stopEndsCallsInFlightAsShutDown() {
		EngineFixture fixture = new EngineFixture();
		CompletableFuture<ExportResult> future = fixture.submit();
		fixture.close();
		TelemetryEngineException.Failure failure = EngineFixture.failure(future).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.cause()).isEqualTo(CancellationCause.SHUTDOWN);
		assertThat(fixture.api.frees).hasValue(1);
	}

	@Test
	void stopEndsCallsThatTheEngineForgot() {
		EngineFixture fixture = new EngineFixture();
		fixture.api.forgetful = true;
		CompletableFuture<ExportResult> future = fixture.submit();
		fixture.engine.close();
		TelemetryEngineException.Failure failure = EngineFixture.failure(future).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.cause()).isEqualTo(CancellationCause.SHUTDOWN);
		fixture.close();
	}

	@Test
	void stopAcceptingLetsCallsInFlightEnd() throws Exception {
		EngineFixture fixture = new EngineFixture();
		CompletableFuture<ExportResult> future = fixture.submit();
		fixture.engine.stopAccepting();
		TelemetryEngineException.Failure refused = EngineFixture.failure(fixture.submit()).failure();
		assertThat(refused.kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(refused.retryDelay()).isEqualTo(CallSubmitter.RETRY_DELAY);
		assertThat(fixture.api.frames).hasSize(1);
		fixture.api.finish(fixture.api.lastCallId(), Records.success(fixture.api.lastCallId()));
		assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
		fixture.close();
	}

	@Test
	void resumeAcceptingLetsCallsEnterAgain() throws Exception {
		EngineFixture fixture = new EngineFixture();
		fixture.engine.stopAccepting();
		assertThat(fixture.engine.inspector().state()).isEqualTo(EngineState.STOPPING);
		fixture.engine.resumeAccepting();
		assertThat(fixture.engine.inspector().state()).isEqualTo(EngineState.ACCEPTING);
		CompletableFuture<ExportResult> future = fixture.submit();
		fixture.api.finish(fixture.api.lastCallId(), Records.success(fixture.api.lastCallId()));
		assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
		fixture.close();
	}

	@Test
	void resumeAcceptingDoesNotReopenAStoppedEngine() {
		EngineFixture fixture = new EngineFixture();
		fixture.close();
		fixture.engine.resumeAccepting();
		assertThat(fixture.engine.inspector().state()).isEqualTo(EngineState.STOPPING);
		assertThat(EngineFixture.kind(fixture.submit())).isEqualTo(ErrorKind.RETRYABLE);
	}

	@Test
	void closingTwiceStopsOnce() {
		EngineFixture fixture = new EngineFixture();
		fixture.close();
		fixture.engine.close();
		assertThat(fixture.api.stops).hasValue(1);
		assertThat(fixture.api.frees).hasValue(1);
	}

	@Test
	void everythingAfterCloseIsAClearFailure() {
		EngineFixture fixture = new EngineFixture();
		CompletableFuture<ExportResult> inFlight = fixture.submit();
		fixture.close();
		assertThat(EngineFixture.kind(fixture.submit())).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(fixture.submit()).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(EngineUnavailableException.class);
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> fixture.engine.reserve(1))
			.satisfies((ex) -> assertThat(ex.getStackTrace()).isNotEmpty());
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(fixture.engine.inspector()::status);
		inFlight.cancel(true);
		fixture.engine.cancelAll(CancellationCause.SHUTDOWN);
		assertThat(fixture.counters().submitted()).isEqualTo(fixture.counters().completed());
	}

	@Test
	void threadsEndWithTheEngine() {
		EngineFixture fixture = new EngineFixture((options) -> options.name("ending"));
		assertThat(threads("ending-")).contains("ending-poll", "ending-log");
		fixture.close();
		await().untilAsserted(() -> assertThat(threads("ending-")).isEmpty());
	}

	/**
	 * Scenario: threads submit and cancel while others close. Guarantees: every future
	 * completes, nothing is counted twice, the engine is freed once.
	 */
	@Test
	void closingUnderLoadLosesNothing() throws Exception {
		EngineFixture fixture = new EngineFixture();
		fixture.api.duringSubmit = (callId) -> {
			if (callId % 3 == 0) {
				fixture.api.finish(callId, Records.success(callId));
			}
		};
		AtomicBoolean stop = new AtomicBoolean();
		CountDownLatch ended = new CountDownLatch(2);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<List<CompletableFuture<ExportResult>>> futures = List.of(new ArrayList<>(), new ArrayList<>());
		for (List<CompletableFuture<ExportResult>> mine : futures) {
			threads.execute(() -> {
				while (!stop.get()) {
					CompletableFuture<ExportResult> future = fixture.submit();
					mine.add(future);
					if (mine.size() % 5 == 0) {
						future.cancel(true);
					}
				}
				ended.countDown();
			});
		}
		await().until(() -> fixture.counters().submitted() > 2000);
		threads.execute(fixture.engine::close);
		fixture.engine.close();
		stop.set(true);
		assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
		threads.shutdown();
		for (List<CompletableFuture<ExportResult>> mine : futures) {
			CompletableFuture.allOf(mine.toArray(CompletableFuture[]::new))
				.handle((result, ex) -> true)
				.get(10, TimeUnit.SECONDS);
		}
		assertThat(fixture.api.frees).hasValue(1);
		fixture.close();
	}

	@Test
	void failedStartHasTheFactsOfTheEngine() {
		FakeNativeApi api = new FakeNativeApi();
		api.startFailure = Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.CONFIGURATION.code(), 0,
				"node 'batch': unknown field", "{\"path\":\"nodes.batch\"}", (fields) -> {
				});
		assertThatExceptionOfType(TelemetryEngineException.class)
			.isThrownBy(() -> NativeEngine.start(api, "{}", NativeEngineOptions.builder().build(), System::nanoTime))
			.withMessage("node 'batch': unknown field")
			.satisfies((ex) -> assertThat(ex.failure().kind()).isEqualTo(ErrorKind.CONFIGURATION))
			.satisfies((ex) -> assertThat(ex.failure().detailsJson()).isEqualTo("{\"path\":\"nodes.batch\"}"))
			.satisfies((ex) -> assertThat(ex.getStackTrace()).isNotEmpty());
	}

	@Test
	void failedStartWithoutRecordSaysSo() {
		FakeNativeApi api = new FakeNativeApi();
		api.startFailure = new byte[] { 1 };
		assertThatExceptionOfType(TelemetryEngineException.class)
			.isThrownBy(() -> NativeEngine.start(api, "{}", NativeEngineOptions.builder().build(), System::nanoTime))
			.withMessageContaining("gave no reason");
	}

	@Test
	void routeToAnUnknownPipelineStopsTheEngine() {
		FakeNativeApi api = new FakeNativeApi();
		NativeEngineOptions options = NativeEngineOptions.builder().routes(Map.of(Signal.LOGS, "lost")).build();
		assertThatIllegalArgumentException().isThrownBy(() -> NativeEngine.start(api, "{}", options, System::nanoTime))
			.withMessageContaining("'lost'");
		assertThat(api.stops).hasValue(1);
		assertThat(api.frees).hasValue(1);
	}

	@Test
	void validationFailsWithTheFactsOfTheEngine() {
		FakeNativeApi api = new FakeNativeApi();
		EngineStart.validate(api, "{}");
		api.startFailure = Records.failure(0, ErrorKind.CONFIGURATION, "wrong");
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> EngineStart.validate(api, "{}"))
			.withMessage("wrong");
	}

	@Test
	void refusedSecretsAreAnErrorAndSoIsAnEngineThatIsGone() {
		EngineFixture fixture = new EngineFixture();
		fixture.engine.updateSecrets("{}");
		fixture.api.startFailure = Records.failure(0, ErrorKind.CONFIGURATION, "unknown");
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> fixture.engine.updateSecrets("{}"))
			.withMessage("unknown");
		fixture.close();
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> fixture.engine.updateSecrets("{}"))
			.withMessage("The engine is stopped.");
	}

	@Test
	void statusOfAnySizeIsRead() {
		try (EngineFixture fixture = new EngineFixture()) {
			assertThat(fixture.engine.inspector().status()).isEqualTo("{\"version\":\"1\"}");
			fixture.api.status = "\"" + "x".repeat(100_000) + "\"";
			assertThat(fixture.engine.inspector().status()).isEqualTo(fixture.api.status);
		}
	}

	private static List<String> threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith(prefix))
			.toList();
	}

}
