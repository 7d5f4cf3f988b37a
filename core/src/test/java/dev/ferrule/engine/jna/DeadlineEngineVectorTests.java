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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TranslatedError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs the vectors of {@code deadline.json} that the binding of the engine decides.
 */
class DeadlineEngineVectorTests {

	/**
	 * Decided by the context, or in the engine.
	 */
	private static final Set<String> CLOCKS_OF_OTHERS = Set.of("CLK-anchor", "CLK-wall-forward", "CLK-wall-back",
			"CLK-nanotime-wrap", "CLK-suspend", "CLK-outbound-grpc", "CLK-outbound-connect", "CLK-outbound-connect-sub",
			"CLK-enc-a", "CLK-enc-b", "CLK-enc-c", "CLK-enc-d", "CLK-enc-e", "CLK-enc-f", "CLK-enc-g", "CLK-enc-h",
			"CLK-enc-i", "CLK-enc-j", "CLK-retry", "CLK-batch");

	/**
	 * Servers notice clients that leave, and the engine knows no call that is unknown;
	 * the last one is a note.
	 */
	private static final Set<String> CANCELLATIONS_OF_OTHERS = Set.of("CAN-grpc-rst", "CAN-http1-close",
			"CAN-http2-rst", "CAN-half-close", "CAN-half-close-h1", "CAN-unknown-token", "CAN-no-rollback");

	private final SemanticVectors vectors = SemanticVectors.load("deadline.json");

	private final EngineFixture fixture = new EngineFixture(
			(options) -> options.defaultDeadline(null).maximumDeadline(null));

	private final FakeNativeApi api = this.fixture.api;

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@TestFactory
	Stream<DynamicTest> clock() {
		return this.vectors.tests("clock", CLOCKS_OF_OTHERS, Map.of("CLK-cross", this::crosses, "CLK-cross-expired",
				this::expiredDoesNotCross, "CLK-cross-none", this::noneCrosses));
	}

	private void crosses(Vector vector) {
		this.fixture.submit(context(vector));
		assertThat(this.api.lastFrame().getLong(FrameLayout.REMAINING_NANOS_OFFSET))
			.isEqualTo(vector.child("expect").number("transferredRemainingNanos"));
	}

	private void expiredDoesNotCross(Vector vector) {
		int before = this.api.frames.size();
		assertThat(EngineFixture.kind(this.fixture.submit(context(vector))))
			.hasToString(vector.child("expect").text("kind"));
		assertThat(this.api.frames).hasSize(before);
	}

	private void noneCrosses(Vector vector) {
		this.fixture.submit();
		int flags = this.api.lastFrame().getShort(FrameLayout.FLAGS_OFFSET);
		assertThat((flags & FrameLayout.FLAG_DEADLINE) != 0)
			.isEqualTo(vector.child("expect").bool("transferredHasDeadline"));
		assertThat(this.api.lastFrame().getLong(FrameLayout.REMAINING_NANOS_OFFSET))
			.isEqualTo(vector.child("expect").number("transferredRemainingNanos"));
	}

	private static CallContext context(Vector vector) {
		Vector timeline = vector.child("timeline");
		long remaining = timeline.number("deadlineNanos") - timeline.number("crossingAtJavaNanos");
		return CallContext.builder().deadline(Deadline.after(Duration.ofNanos(remaining), () -> 0)).build();
	}

	@TestFactory
	Stream<DynamicTest> cancellation() {
		return this.vectors.tests("cancellation", CANCELLATIONS_OF_OTHERS,
				Map.of("CAN-deadline", this::deadline, "CAN-shutdown", this::shutdown, "CAN-race-ack", this::ackFirst,
						"CAN-race-cancel", this::cancelFirst, "CAN-race-deadline-cancel", this::both, "CAN-double",
						this::twice, "CAN-after-done", this::afterDone, "CAN-before-start", this::beforeStart,
						"CAN-token-leak", this::noTokenIsLeft));
	}

	private void deadline(Vector vector) {
		CancellationSource source = new CancellationSource();
		long[] now = { 0 };
		CompletableFuture<ExportResult> future = this.fixture.submit(CallContext.builder()
			.deadline(Deadline.after(Duration.ofNanos(1), () -> now[0]))
			.cancellation(source)
			.build());
		now[0] = 1;
		long callId = this.api.lastCallId();
		this.api.finish(callId, Records.failure(callId, ErrorKind.TIMEOUT, "too late"));
		verifyCodes(vector, EngineFixture.failure(future));
		await().until(source.token()::isCancelled);
	}

	private void shutdown(Vector vector) {
		try (EngineFixture stopping = new EngineFixture()) {
			CompletableFuture<ExportResult> future = stopping.submit();
			stopping.engine.cancelAll(CancellationCause.SHUTDOWN);
			TelemetryEngineException failure = EngineFixture.failure(future);
			assertThat(failure.failure().cause()).hasToString(vector.child("expect").text("cause"));
			assertThat(failure.isPermanent()).isFalse();
			verifyCodes(vector, failure);
		}
	}

	private void verifyCodes(Vector vector, TelemetryEngineException failure) {
		Vector expected = vector.child("expect");
		TranslatedError error = ErrorTranslator.create().translate(failure);
		assertThat((long) error.grpcCode()).isEqualTo(expected.number("grpcCode"));
		assertThat((long) error.httpStatus()).isEqualTo(expected.number("httpStatus"));
	}

	private void ackFirst(Vector vector) {
		Call call = new Call();
		call.acknowledge();
		await().until(call.future::isDone);
		call.source.cancel(CancellationCause.CLIENT);
		assertThat(call.future).isCompleted();
		assertThat(vector.child("expect").text("outcome")).isEqualTo("SUCCESS");
	}

	private void cancelFirst(Vector vector) {
		Call call = new Call();
		long late = this.fixture.counters().lateCompletions();
		call.source.cancel(CancellationCause.CLIENT);
		assertThat(EngineFixture.kind(call.future)).hasToString(vector.child("expect").text("kind"));
		this.api.deliver(Records.success(call.id));
		await().until(() -> this.fixture.counters().lateCompletions() == late + 1);
	}

	private void both(Vector vector) {
		long completed = this.fixture.counters().completed();
		Call call = new Call();
		call.source.cancel(CancellationCause.CLIENT);
		this.api.deliver(Records.failure(call.id, ErrorKind.TIMEOUT, "too late"));
		List<String> kinds = vector.child("expect").get("oneOf");
		assertThat(kinds).contains(EngineFixture.kind(call.future).name());
		this.fixture.awaitCompleted();
		assertThat(this.fixture.counters().completed()).isEqualTo(completed + 1);
	}

	private void twice(Vector vector) {
		Call call = new Call();
		assertThat(call.source.cancel(CancellationCause.CLIENT)).isTrue();
		assertThat(call.source.cancel(CancellationCause.CLIENT)).isEqualTo(!vector.child("expect").bool("idempotent"));
		assertThat(this.api.cancels).filteredOn((cancel) -> cancel.startsWith(call.id + ":")).hasSize(1);
	}

	private void afterDone(Vector vector) {
		Call call = new Call();
		call.acknowledge();
		await().until(call.future::isDone);
		call.source.cancel(CancellationCause.CLIENT);
		assertThat(this.api.cancels).noneMatch((cancel) -> cancel.startsWith(call.id + ":"));
		assertThat(vector.child("expect").bool("noEffect")).isTrue();
	}

	private void beforeStart(Vector vector) {
		int before = this.api.frames.size();
		CancellationSource source = new CancellationSource();
		source.cancel(CancellationCause.CLIENT);
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		assertThat(EngineFixture.kind(future)).hasToString(vector.child("expect").text("kind"));
		assertThat(this.api.frames).hasSize(before);
	}

	private void noTokenIsLeft(Vector vector) {
		List<CompletableFuture<ExportResult>> futures = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			Call call = new Call();
			if (i % 2 == 0) {
				call.source.cancel(CancellationCause.CLIENT);
			}
			else {
				call.acknowledge();
			}
			futures.add(call.future);
		}
		await().until(() -> futures.stream().allMatch(CompletableFuture::isDone));
		this.fixture.awaitCompleted();
		assertThat((long) this.fixture.counters().inFlight()).isEqualTo(vector.child("expect").number("tokensLeft"));
	}

	/**
	 * A call in flight.
	 */
	private final class Call {

		private final CancellationSource source = new CancellationSource();

		private final CompletableFuture<ExportResult> future = DeadlineEngineVectorTests.this.fixture
			.submit(CallContext.background().withCancellation(this.source.token()));

		private final long id = DeadlineEngineVectorTests.this.api.lastCallId();

		void acknowledge() {
			DeadlineEngineVectorTests.this.api.finish(this.id, Records.success(this.id));
		}

	}

}
