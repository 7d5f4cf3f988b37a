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

package dev.ferrule.engine.jna.call;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.EngineFixture;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class NativePayloadBufferTests {

	private final EngineFixture fixture = new EngineFixture();

	private final FakeNativeApi api = this.fixture.api;

	@AfterEach
	void close() {
		this.fixture.close();
		assertThat(this.api.payloads).isEmpty();
	}

	@Test
	void filledBufferIsSubmittedByItsHandle() {
		PayloadBuffer buffer = this.fixture.engine.reserve(100);
		buffer.buffer().put(new byte[] { 7, 8, 9 });
		assertThat(this.api.payloads.get(1L).get(2)).isEqualTo((byte) 9);
		submit(buffer);
		ByteBuffer frame = this.api.lastFrame();
		assertThat(frame.getLong(FrameLayout.PAYLOAD_HANDLE_OFFSET)).isOne();
		assertThat(frame.getInt(FrameLayout.PAYLOAD_LENGTH_OFFSET)).isEqualTo(3);
	}

	@Test
	void submittedBufferCannotBeUsedAgain() {
		PayloadBuffer buffer = this.fixture.engine.reserve(1);
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, buffer);
		this.fixture.engine.submit(payload);
		assertThatIllegalStateException().isThrownBy(buffer::buffer);
		assertThatIllegalStateException().isThrownBy(() -> this.fixture.engine.submit(payload));
		buffer.close();
		assertThat(payload.size()).isZero();
		assertThat(this.fixture.counters().submitted()).isOne();
	}

	@Test
	void closedBufferIsGivenBackOnce() {
		PayloadBuffer buffer = this.fixture.engine.reserve(1);
		buffer.close();
		assertThat(this.api.payloads).isEmpty();
		buffer.close();
		assertThatIllegalStateException().isThrownBy(buffer::buffer);
	}

	@Test
	void emptyBufferIsPossible() {
		try (PayloadBuffer buffer = this.fixture.engine.reserve(0)) {
			assertThat(buffer.buffer().capacity()).isZero();
		}
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.engine.reserve(-1));
	}

	@Test
	void refusedReservationThrows() {
		this.api.reserveResult = -FakeNativeApi.refusal(ErrorKind.RESOURCE_EXHAUSTED, RefusalCodes.BYTE_BUDGET, 1000);
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> this.fixture.engine.reserve(1))
			.withMessageContaining("ferrule.engine.max-payload-size")
			.satisfies((ex) -> assertThat(ex.failure().retryDelay()).isEqualTo(Duration.ofSeconds(1)))
			.satisfies((ex) -> assertThat(ex.getStackTrace()).isNotEmpty());
	}

	@Test
	void bufferIsGivenBackWhenTheCallDoesNotEnterTheEngine() {
		CancellationSource cancelled = new CancellationSource();
		cancelled.cancel(CancellationCause.CLIENT);
		submit(this.fixture.engine.reserve(1), CallContext.background().withCancellation(cancelled.token()));
		submit(this.fixture.engine.reserve(1), CallContext.background().withDeadline(Deadline.after(Duration.ZERO)));
		PayloadBuffer late = this.fixture.engine.reserve(1);
		this.fixture.engine.stopAccepting();
		submit(late);
		assertThat(this.api.payloads).isEmpty();
		assertThat(this.api.frames).isEmpty();
	}

	@Test
	void refusedSubmissionPassesTheBufferToTheEngine() {
		this.api.submitResult = FakeNativeApi.refusal(ErrorKind.RETRYABLE, RefusalCodes.NOT_READY, 1);
		PayloadBuffer buffer = this.fixture.engine.reserve(1);
		submit(buffer);
		assertThat(this.api.payloads).isEmpty();
		assertThatIllegalStateException().isThrownBy(buffer::buffer);
	}

	@Test
	void bufferOfAnotherEngineIsRefusedAndKept() {
		try (EngineFixture other = new EngineFixture(); PayloadBuffer buffer = other.engine.reserve(1)) {
			assertThatIllegalArgumentException().isThrownBy(() -> submit(buffer));
			assertThat(buffer.buffer().capacity()).isOne();
		}
		assertThat(this.fixture.counters().submitted()).isZero();
	}

	@Test
	void engineIsFreedOnlyWhenNoMemoryIsLeft() {
		PayloadBuffer first = this.fixture.engine.reserve(1);
		PayloadBuffer second = this.fixture.engine.reserve(1);
		this.fixture.engine.close();
		first.buffer().put((byte) 1);
		assertThat(this.api.frees).hasValue(0);
		first.close();
		assertThat(this.api.frees).hasValue(0);
		submit(second);
		assertThat(this.api.frees).hasValue(1);
	}

	@Test
	void forgottenMemoryIsGivenBackWhenItsLastViewIsGone() {
		ByteBuffer view = this.fixture.engine.reserve(16).buffer().slice();
		System.gc();
		assertThat(this.api.payloads).hasSize(1);
		view.put((byte) 1);
		view = null;
		await().untilAsserted(() -> {
			System.gc();
			assertThat(this.api.payloads).isEmpty();
		});
	}

	private CompletableFuture<ExportResult> submit(PayloadBuffer buffer) {
		return submit(buffer, CallContext.background());
	}

	private CompletableFuture<ExportResult> submit(PayloadBuffer buffer, CallContext context) {
		return this.fixture.engine.submit(TelemetryPayload.of(Signal.TRACES, buffer), context);
	}

}
