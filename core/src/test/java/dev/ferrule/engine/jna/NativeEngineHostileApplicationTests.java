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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.call.PollLoop;
import dev.ferrule.error.ErrorKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Loggers, executors and listeners of the application that throw: every call gets its
 * outcome, and so do later ones.
 */
class NativeEngineHostileApplicationTests {

	private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final ThrowingFilter filter = new ThrowingFilter();

	private EngineFixture fixture = new EngineFixture();

	private FakeNativeApi api = this.fixture.api;

	@BeforeEach
	void breakLoggers() {
		this.loggers.addTurboFilter(this.filter);
	}

	@AfterEach
	void close() {
		this.fixture.close();
		this.loggers.getTurboFilterList().remove(this.filter);
	}

	@Test
	void pollThatFailsDoesNotEndDelivery() {
		this.api.pollFailure = new IllegalStateException("from the test");
		await().untilAsserted(() -> assertThat(this.fixture.counters().pollErrors()).isOne());
		assertDelivers();
		assertThrown();
	}

	@Test
	void recordBehindAMalformedOneIsDelivered() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.inFlight.clear();
		byte[] unknown = Records.record(99, 0, 5, "", "", (fields) -> {
		});
		this.api.deliver(unknown, Records.success(callId));
		await().untilAsserted(() -> assertThat(future).isCompleted());
		assertThat(this.fixture.counters().malformedRecords()).isOne();
		assertThrown();
	}

	@Test
	void failureThatLostSomethingKeepsTheRest() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		long callId = this.api.lastCallId();
		this.api.finish(callId, Records.record(RecordLayout.TYPE_COMPLETION, ErrorKind.RETRYABLE.code(), callId, "new",
				"no JSON", (fields) -> {
				}));
		assertThat(EngineFixture.failure(future)).hasMessage("new");
		assertThat(this.fixture.counters().degradedErrors()).isOne();
		assertThrown();
	}

	@Test
	void linesOfTheEngineAreDroppedAndCounted() {
		this.api.deliver(Records.log(5, "target", "line"));
		await().untilAsserted(() -> assertThat(this.fixture.counters().droppedLogLines()).isPositive());
		assertThat(this.fixture.counters().malformedRecords()).isZero();
		assertDelivers();
	}

	@Test
	void executorThatRefusesDoesNotLoseTheOutcome() {
		replaceFixture((task) -> {
			throw new RejectedExecutionException("from the test");
		});
		assertDelivers();
		assertDelivers();
		assertThat(this.fixture.counters().executorRejections()).isEqualTo(2);
		assertThrown();
	}

	@Test
	void executorThatThrowsAnErrorAfterItRanTheTaskDoesNotLoseTheOutcome() {
		replaceFixture((task) -> {
			task.run();
			throw new LinkageError("from the test");
		});
		assertDelivers();
		assertDelivers();
		assertThrown();
	}

	@Test
	void lastNetEndsAllCalls() {
		List<CompletableFuture<ExportResult>> futures = List.of(this.fixture.submit(), this.fixture.submit());
		this.api.inFlight.clear();
		this.fixture.clock.addAndGet(Duration.ofMinutes(1).toNanos());
		this.fixture.engine.sweep.run();
		this.fixture.engine.sweep.run();
		assertThat(futures).allSatisfy((future) -> assertThat(EngineFixture.kind(future)).isEqualTo(ErrorKind.TIMEOUT));
		assertThat(this.fixture.counters().lastNetFired()).isEqualTo(2);
		assertThrown();
	}

	@Test
	void engineThatEndsByItselfFailsAllCallsAndTakesNoMore() {
		List<CompletableFuture<ExportResult>> futures = List.of(this.fixture.submit(), this.fixture.submit());
		this.api.pollResult = PollLoop.STALE_HANDLE;
		assertThat(futures)
			.allSatisfy((future) -> assertThat(EngineFixture.failure(future).failure().deliveryUnknown()).isTrue());
		assertThat(this.fixture.engine.inspector().state()).isEqualTo(EngineState.ENDED);
		assertThat(EngineFixture.kind(this.fixture.submit())).isEqualTo(ErrorKind.RETRYABLE);
		await().untilAsserted(this::assertThrown);
	}

	@Test
	void listenerThatThrowsDoesNotKeepOthersFromHearing() throws Exception {
		TelemetryCallListener failing = (call) -> {
			throw new LinkageError("from the test");
		};
		this.fixture.engine.setCallListeners(List.of(failing, this.fixture.ended::add));
		assertDelivers();
		await().untilAsserted(() -> assertThat(this.fixture.ended).hasSize(1));
		assertThat(this.fixture.counters().listenerErrors()).isOne();
		assertThrown();
	}

	@Test
	void cancellationListenerThatThrowsDoesNotKeepTheCallFromItsEnd() {
		CancellationSource source = new CancellationSource();
		AtomicReference<CancellationCause> heard = new AtomicReference<>();
		source.token().onCancel((cause) -> {
			throw new IllegalStateException("from the test");
		});
		CompletableFuture<ExportResult> future = this.fixture
			.submit(CallContext.background().withCancellation(source.token()));
		source.token().onCancel(heard::set);
		source.cancel(CancellationCause.CLIENT);
		assertThat(EngineFixture.kind(future)).isEqualTo(ErrorKind.CANCELLED);
		assertThat(heard).hasValue(CancellationCause.CLIENT);
		assertThrown();
	}

	private void assertDelivers() {
		CompletableFuture<ExportResult> future = this.fixture.submit();
		this.api.finish(this.api.lastCallId(), Records.success(this.api.lastCallId()));
		assertThat(future).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(this.fixture.engine.inspector().state()).isEqualTo(EngineState.ACCEPTING);
	}

	private void assertThrown() {
		assertThat(this.filter.thrown).hasPositiveValue();
	}

	private void replaceFixture(Executor executor) {
		this.fixture.close();
		UnaryOperator<NativeEngineOptions.Builder> customizer = (options) -> options.executor(executor);
		this.fixture = new EngineFixture(customizer);
		this.api = this.fixture.api;
	}

	/**
	 * Throws wherever Ferrule warns.
	 */
	private static final class ThrowingFilter extends TurboFilter {

		private final AtomicInteger thrown = new AtomicInteger();

		@Override
		public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params,
				Throwable ex) {
			if (logger.getName().startsWith("dev.ferrule") && level.isGreaterOrEqual(Level.WARN)) {
				this.thrown.incrementAndGet();
				throw new LinkageError("from the test");
			}
			return FilterReply.NEUTRAL;
		}

	}

}
