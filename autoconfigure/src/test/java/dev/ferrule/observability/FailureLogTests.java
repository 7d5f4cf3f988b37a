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

package dev.ferrule.observability;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

/**
 * Tests for {@link FailureLog}.
 */
class FailureLogTests {

	private static final CallContext CONTEXT = CallContext.builder()
		.trace(TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, null, true))
		.metadata(ClientMetadata.builder().add("authorization", "Bearer secret").build())
		.build();

	private final Logger logger = mock(Logger.class);

	private final AtomicLong clock = new AtomicLong();

	private final FailureLog log = new FailureLog(this.logger, this.clock::get);

	@BeforeEach
	void enableAllLevels() {
		given(this.logger.isDebugEnabled()).willReturn(true);
		given(this.logger.isInfoEnabled()).willReturn(true);
		given(this.logger.isWarnEnabled()).willReturn(true);
	}

	@Test
	void successIsNotLogged() {
		this.log.onEnd(call(null, 1));
		verifyNoMoreInteractions(this.logger);
	}

	@Test
	void lineHasTheFactsAndNothingOfTheClient() {
		Failure failure = new Failure(ErrorKind.RETRYABLE, 10, 0, 503, false, Duration.ofSeconds(3), null, false,
				"the server\r\nis busy\u0000", null);
		this.log.onEnd(call(failure, 2));
		verify(this.logger).info("""
				Call failed: kind=RETRYABLE grpcCode=10 downstreamStatus=503 retryDelay=PT3S signal=logs pipeline=main \
				bytes=7 attempts=2 millis=1500 traceId=4c1fd2e8a07b9635f1d0c3b2a4956871: the server is busy""");
	}

	@Test
	void longMessageIsCut() {
		this.log.onEnd(call(Failure.of(ErrorKind.PERMANENT, "x".repeat(1_000_000)), 1));
		ArgumentCaptor<String> line = ArgumentCaptor.captor();
		verify(this.logger).warn(line.capture());
		assertThat(line.getValue()).hasSizeLessThan(1300);
	}

	@ParameterizedTest
	@EnumSource
	void levelFitsTheKind(ErrorKind kind) {
		this.log.onEnd(call(Failure.of(kind, "failed"), 1));
		switch (kind) {
			case PERMANENT, CONFIGURATION -> verify(this.logger).warn(anyString());
			case RETRYABLE, TIMEOUT, RESOURCE_EXHAUSTED, CANCELLED -> verify(this.logger).info(anyString());
		}
	}

	@ParameterizedTest
	@EnumSource
	void callThatNobodyWantsIsNoNews(CancellationCause cause) {
		this.log.onEnd(call(Failure.cancelled(cause, "cancelled"), 1));
		switch (cause) {
			case CLIENT, APPLICATION -> verify(this.logger).debug(anyString());
			default -> verify(this.logger).info(anyString());
		}
	}

	@Test
	void badRequestOfAClientIsNoWarning() {
		this.log.onEnd(call(Failure.of(ErrorKind.PERMANENT, "not OTLP").withGrpcCode(3).withHttpStatus(400), 0));
		this.log.onEnd(call(Failure.of(ErrorKind.PERMANENT, "too large").withGrpcCode(8).withHttpStatus(413), 0));
		verify(this.logger, times(2)).info(anyString());
		this.log.onEnd(call(Failure.of(ErrorKind.PERMANENT, "refused downstream").withGrpcCode(3), 1));
		verify(this.logger).warn(anyString());
	}

	@Test
	void floodIsCutByKindAndCounted() {
		for (int i = 0; i < 10_000; i++) {
			this.log.onEnd(call(Failure.of(ErrorKind.TIMEOUT, "late"), 1));
		}
		this.log.onEnd(call(Failure.of(ErrorKind.RETRYABLE, "other"), 1));
		verify(this.logger, times(11)).info(anyString());
		this.clock.addAndGet(Duration.ofSeconds(10).toNanos());
		Mockito.clearInvocations(this.logger);
		this.log.onEnd(call(Failure.of(ErrorKind.TIMEOUT, "late"), 1));
		this.log.onEnd(call(Failure.of(ErrorKind.TIMEOUT, "late"), 1));
		ArgumentCaptor<String> lines = ArgumentCaptor.captor();
		verify(this.logger, times(2)).info(lines.capture());
		assertThat(lines.getAllValues().get(0)).endsWith("late; 9990 more of this kind were not logged");
		assertThat(lines.getAllValues().get(1)).endsWith("late");
	}

	@Test
	void levelThatIsOffCostsNoLine() {
		given(this.logger.isInfoEnabled()).willReturn(false);
		this.log.onEnd(call(Failure.of(ErrorKind.TIMEOUT, "late"), 1));
		verify(this.logger, never()).info(anyString());
	}

	private static EndedCall call(Failure failure, int attempts) {
		ExportResult result = (failure != null) ? null
				: new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO, attempts);
		return new EndedCall(Signal.LOGS, "main", 7, CONTEXT, result, failure,
				new EndedCall.Times(Duration.ofMillis(500), Duration.ofMillis(300), Duration.ofMillis(700)), attempts,
				null);
	}

}
