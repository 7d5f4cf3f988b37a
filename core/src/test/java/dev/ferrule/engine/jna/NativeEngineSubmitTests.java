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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.FrameEncoder;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class NativeEngineSubmitTests {

	private EngineFixture fixture = new EngineFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void acceptedCallEndsWithTheResultOnTheExecutor() throws Exception {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		CompletableFuture<String> thread = future.thenApply((result) -> Thread.currentThread().getName());
		FakeNativeApi api = this.fixture.api;
		api.finish(api.lastCallId(), Records.success(api.lastCallId()));
		// Not on the future itself: whoever waits on that may run its dependents
		assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo(EngineFixture.EXECUTOR_THREAD);
		assertThat(future.join().attempts()).isOne();
		assertThat(this.fixture.counters().succeeded()).isOne();
	}

	@Test
	void outcomeThatArrivesBeforeSubmitReturnedIsNotLost() throws Exception {
		FakeNativeApi api = this.fixture.api;
		CancellationSource source = new CancellationSource();
		api.duringSubmit = (callId) -> {
			api.finish(callId, Records.success(callId));
			this.fixture.awaitCompleted();
		};
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
		source.cancel(CancellationCause.CLIENT);
		assertThat(api.cancels).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, RESOURCE_EXHAUSTED, 1000, ferrule.engine.lane-capacity",
			"2, RESOURCE_EXHAUSTED, 1500, ferrule.engine.max-in-flight",
			"3, RESOURCE_EXHAUSTED, 1000, ferrule.engine.max-payload-size", "4, RETRYABLE, 1000, restarting",
			"5, RETRYABLE, 4294967295, stopping", "6, RETRYABLE, 0, stopped", "7, CONFIGURATION, 0, could not read",
			"8, CONFIGURATION, 0, another version", "9, CONFIGURATION, 0, in flight already",
			"10, CONFIGURATION, 0, no such pipeline", "11, CONFIGURATION, 0, given back",
			"12, RESOURCE_EXHAUSTED, 1000, memory", "13, PERMANENT, 0, see the log", "14, TIMEOUT, 0, deadline",
			"15, PERMANENT, 0, ferrule.engine.max-payload-size", "99, RETRYABLE, 5, reason 99" })
	void refusalBecomesAFailure(int reason, ErrorKind kind, long delayMillis, String message) {
		this.fixture.api.submitResult = FakeNativeApi.refusal(kind, reason, delayMillis);
		CompletableFuture<ExportResult> future = this.fixture.submit();
		assertThat(future).isCompletedExceptionally();
		TelemetryEngineException.Failure failure = EngineFixture.failure(future).failure();
		assertThat(failure.kind()).isEqualTo(kind);
		assertThat(failure.message()).contains(message);
		assertThat(failure.retryDelay()).isEqualTo((delayMillis > 0) ? Duration.ofMillis(delayMillis) : null);
		assertThat(this.fixture.counters().failed()).containsEntry(kind, 1L);
		assertThat(this.fixture.counters().inFlight()).isZero();
	}

	@Test
	void expiredDeadlineDoesNotEnterTheEngine() {
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withDeadline(Deadline.after(Duration.ZERO)));
		assertThat(EngineFixture.kind(future)).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(this.fixture.api.frames).isEmpty();
	}

	@Test
	void cancelledTokenDoesNotEnterTheEngine() {
		CancellationSource source = new CancellationSource();
		source.cancel(CancellationCause.CLIENT);
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		TelemetryEngineException.Failure failure = EngineFixture.failure(future).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(failure.cause()).isEqualTo(CancellationCause.CLIENT);
		assertThat(this.fixture.api.frames).isEmpty();
	}

	@Test
	void callWithoutDeadlineGetsTheDefault() {
		this.fixture.submit();
		assertThat(remaining()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void deadlineIsCappedByTheMaximum() {
		this.fixture.submit(CallContext.background().withDeadline(Deadline.after(Duration.ofDays(400_000))));
		assertThat(remaining()).isEqualTo(Duration.ofSeconds(60));
	}

	@Test
	void deadlineOfTheCallCrosses() {
		this.fixture.submit(CallContext.background().withDeadline(Deadline.after(Duration.ofSeconds(5))));
		assertThat(remaining()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
		long unixNanos = this.fixture.api.lastFrame().getLong(FrameLayout.DEADLINE_UNIX_NANOS_OFFSET);
		assertThat(Duration.ofNanos(unixNanos).toMillis()).isBetween(System.currentTimeMillis() - 60_000,
				System.currentTimeMillis() + 5_000);
	}

	@Test
	void defaultIsCappedByTheMaximum() {
		replaceFixture(
				(options) -> options.defaultDeadline(Duration.ofSeconds(90)).maximumDeadline(Duration.ofSeconds(20)),
				"main");
		this.fixture.submit();
		assertThat(remaining()).isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void signalsGoToTheirPipelines() {
		replaceFixture((options) -> options.routes(Map.of(Signal.LOGS, "logs")), "other\nmain\nlogs");
		assertThat(pipelineOf(Signal.TRACES)).isEqualTo(1);
		assertThat(pipelineOf(Signal.LOGS)).isEqualTo(2);
	}

	@Test
	void withoutMainTheFirstPipelineIsTheDefault() {
		replaceFixture((options) -> options, "one\ntwo");
		assertThat(pipelineOf(Signal.TRACES)).isZero();
	}

	@Test
	void viewSubmitsToItsPipeline() {
		replaceFixture((options) -> options, "one\ntwo");
		this.fixture.engine.pipeline("two").submit(EngineFixture.payload());
		assertThat(this.fixture.api.lastFrame().getInt(FrameLayout.PIPELINE_OFFSET)).isOne();
		assertThat(this.fixture.engine.pipelineNames()).containsExactly("one", "two");
	}

	@Test
	void unknownPipelineNamesTheKnownOnes() {
		replaceFixture((options) -> options, "one\ntwo");
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.engine.pipeline("three"))
			.withMessageContaining("'three'")
			.withMessageContaining("one, two");
	}

	@Test
	void engineWithoutPipelineRefusesCalls() {
		replaceFixture((options) -> options, "");
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.CONFIGURATION);
		assertThat(this.fixture.api.frames).isEmpty();
	}

	@Test
	void largePayloadGoesThroughReservedMemory() {
		byte[] bytes = new byte[FrameEncoder.INLINE_LIMIT + 1];
		bytes[bytes.length - 1] = 42;
		FakeNativeApi api = this.fixture.api;
		ByteBuffer[] seen = new ByteBuffer[1];
		api.reserveListener = (memory) -> seen[0] = memory;
		this.fixture.engine.submit(TelemetryPayload.of(Signal.TRACES, bytes));
		ByteBuffer frame = api.lastFrame();
		assertThat(frame.getLong(FrameLayout.PAYLOAD_HANDLE_OFFSET)).isOne();
		assertThat(frame.getInt(FrameLayout.PAYLOAD_LENGTH_OFFSET)).isEqualTo(bytes.length);
		assertThat(frame.capacity()).isEqualTo(FrameLayout.FIXED_LENGTH);
		assertThat(seen[0].get(bytes.length - 1)).isEqualTo((byte) 42);
	}

	@Test
	void refusedReservationOfALargePayloadIsTheFailure() {
		this.fixture.api.reserveResult = -FakeNativeApi.refusal(ErrorKind.RESOURCE_EXHAUSTED, RefusalCodes.BYTE_BUDGET,
				250);
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, new byte[FrameEncoder.INLINE_LIMIT + 1]);
		TelemetryEngineException.Failure failure = EngineFixture.failure(this.fixture.engine.submit(payload)).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE_EXHAUSTED);
		assertThat(failure.retryDelay()).isEqualTo(Duration.ofMillis(250));
		assertThat(this.fixture.api.frames).isEmpty();
	}

	@Test
	void exceptionOfTheInterfaceIsAFailureOfTheCall() {
		this.fixture.api.duringSubmit = (callId) -> {
			this.fixture.api.inFlight.remove(callId);
			throw new IllegalStateException("from the test");
		};
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.PERMANENT);
	}

	@Test
	void contextThatIsTooLargeIsAFailureOfTheCall() {
		CallContext context = CallContext.builder()
			.metadata(ClientMetadata.builder().add("x-a", "a".repeat(FrameLayout.MAX_CONTEXT_LENGTH)).build())
			.build();
		assertThat(EngineFixture.kind(this.fixture.submit(context))).isEqualTo(ErrorKind.CONFIGURATION);
	}

	private void replaceFixture(UnaryOperator<NativeEngineOptions.Builder> customizer, String pipelines) {
		this.fixture.close();
		this.fixture = new EngineFixture(customizer, pipelines);
	}

	private int pipelineOf(Signal signal) {
		this.fixture.engine.submit(TelemetryPayload.of(signal, new byte[1]));
		return this.fixture.api.lastFrame().getInt(FrameLayout.PIPELINE_OFFSET);
	}

	private Duration remaining() {
		return Duration.ofNanos(this.fixture.api.lastFrame().getLong(FrameLayout.REMAINING_NANOS_OFFSET));
	}

}
