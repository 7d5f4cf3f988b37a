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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DefaultErrorTranslator}. The rules as such are in
 * {@link ErrorMappingVectorTests}.
 */
class DefaultErrorTranslatorTests {

	private final ErrorTranslator translator = ErrorTranslator.create();

	@Test
	void unknownThrowableIsInternalWithoutItsMessage() {
		TranslatedError error = this.translator.translate(new IllegalStateException("password=secret"));
		assertThat(error)
			.isEqualTo(new TranslatedError(ErrorKind.PERMANENT, 13, 500, true, null, null, 0, "Internal error"));
	}

	@Test
	void wrappersAreLookedThrough() {
		Throwable error = new ExecutionException(
				new CompletionException(TelemetryEngineException.of(Failure.of(ErrorKind.TIMEOUT, "too late"))));
		assertThat(this.translator.translate(error).grpcCode()).isEqualTo(4);
		assertThat(this.translator.translate(error).message()).isEqualTo("too late");
	}

	@Test
	void wrapperWithoutCauseIsUnknown() {
		assertThat(this.translator.translate(new CompletionException("message", null)).httpStatus()).isEqualTo(500);
	}

	@Test
	void circleOfWrappersIsUnknown() {
		CompletionException itself = new CompletionException("itself", null) {

			@Override
			public synchronized Throwable getCause() {
				return this;
			}

		};
		assertThat(this.translator.translate(itself).httpStatus()).isEqualTo(500);
	}

	@Test
	void cancelledFutureIsRetryable() {
		CompletableFuture<Void> future = new CompletableFuture<>();
		future.cancel(true);
		TranslatedError error = this.translator.translate(new CompletionException(new CancellationException()));
		assertThat(error.kind()).isEqualTo(ErrorKind.RETRYABLE);
		assertThat(error.grpcCode()).isEqualTo(14);
		assertThat(error.httpStatus()).isEqualTo(503);
		assertThat(error.message()).isEqualTo("Call cancelled");
	}

	@Test
	void timeoutOfFutureIsTimeout() {
		assertThat(this.translator.translate(new TimeoutException()))
			.isEqualTo(new TranslatedError(ErrorKind.TIMEOUT, 4, 504, false, null, null, 0, "Deadline exceeded"));
	}

	@ParameterizedTest
	@CsvSource({ "CLIENT, 1, 499, CANCELLED", "APPLICATION, 14, 503, RETRYABLE", "SHUTDOWN, 14, 503, RETRYABLE",
			"BATCH_PEER, 14, 503, RETRYABLE", "DOWNSTREAM, 1, 503, RETRYABLE" })
	void onlyAClientThatLeftIsAnswered499(CancellationCause cause, int grpcCode, int httpStatus, ErrorKind kind) {
		TranslatedError error = translate(Failure.cancelled(cause, "gone"));
		assertThat(error.grpcCode()).isEqualTo(grpcCode);
		assertThat(error.httpStatus()).isEqualTo(httpStatus);
		assertThat(error.kind()).isEqualTo(kind);
		assertThat(error.originalGrpcCode()).isZero();
	}

	@Test
	void cancellationWithoutCauseIsRetryable() {
		assertThat(translate(Failure.of(ErrorKind.CANCELLED, "gone")).httpStatus()).isEqualTo(503);
	}

	@Test
	void codeAndStatusOfTheEngineDoNotOverruleTheCause() {
		Failure failure = new Failure(ErrorKind.CANCELLED, 1, 499, 0, false, Duration.ofSeconds(3),
				CancellationCause.SHUTDOWN, false, "stopping", null);
		assertThat(translate(failure)).isEqualTo(
				new TranslatedError(ErrorKind.RETRYABLE, 14, 503, false, Duration.ofSeconds(3), 3, 0, "stopping"));
	}

	@ParameterizedTest
	@CsvSource({ "PERMANENT, 413, 413", "PERMANENT, 401, 401", "PERMANENT, 501, 501", "PERMANENT, 499, 500",
			"PERMANENT, 503, 500", "PERMANENT, 429, 500", "PERMANENT, 302, 500", "PERMANENT, 200, 500",
			"PERMANENT, 600, 500", "PERMANENT, -1, 500", "RETRYABLE, 502, 502", "RETRYABLE, 504, 504",
			"RETRYABLE, 429, 429", "RETRYABLE, 500, 503", "RESOURCE_EXHAUSTED, 429, 429",
			"RESOURCE_EXHAUSTED, 503, 503", "TIMEOUT, 502, 504", "CONFIGURATION, 404, 400", "CANCELLED, 502, 503" })
	void statusOfTheDownstreamPassesWhereItMeansTheSame(ErrorKind kind, int downstream, int expected) {
		Failure failure = new Failure(kind, 0, 0, downstream, false, null, null, false, "message", null);
		assertThat(translate(failure).httpStatus()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "PERMANENT, 415, 415", "PERMANENT, 503, 500", "RETRYABLE, 504, 504", "RETRYABLE, 400, 503",
			"CONFIGURATION, 404, 404" })
	void explicitStatusPassesWhereItMeansTheSame(ErrorKind kind, int status, int expected) {
		assertThat(translate(Failure.of(kind, "message").withHttpStatus(status)).httpStatus()).isEqualTo(expected);
	}

	@Test
	void explicitStatusThatIsTheDefaultLeavesRoomForTheDownstream() {
		Failure failure = new Failure(ErrorKind.RETRYABLE, 14, 503, 502, false, null, null, false, "message", null);
		assertThat(translate(failure).httpStatus()).isEqualTo(502);
	}

	@Test
	void retryAfterFollowsTheStatusThatIsSent() {
		Failure failure = new Failure(ErrorKind.RETRYABLE, 0, 0, 502, false, Duration.ofSeconds(7), null, false,
				"message", null);
		TranslatedError error = translate(failure);
		assertThat(error.retryAfterSeconds()).isNull();
		assertThat(error.retryInfo()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void retryInfoKeepsNanoseconds() {
		TranslatedError error = translate(
				Failure.of(ErrorKind.RETRYABLE, "message").withRetryDelay(Duration.ofNanos(1)));
		assertThat(error.retryInfo()).isEqualTo(Duration.ofNanos(1));
		assertThat(error.retryAfterSeconds()).isOne();
	}

	@Test
	void longestDelaysAreCapped() {
		TranslatedError error = translate(Failure.of(ErrorKind.RETRYABLE, "message")
			.withRetryDelay(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)));
		assertThat(error.retryAfterSeconds()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void detailsOfTheDownstreamGoAlongUnlessNobodyReadsThem() {
		Failure failure = new Failure(ErrorKind.CANCELLED, 0, 0, 0, false, null, CancellationCause.DOWNSTREAM, false,
				"no", "{\"details\": [{\"@type\": \"google.rpc.Help\"}]}");
		assertThat(this.translator.translate(TelemetryEngineException.of(failure)).details()).singleElement()
			.extracting(ErrorDetail::typeName)
			.isEqualTo("google.rpc.Help");
		Failure gone = new Failure(ErrorKind.CANCELLED, 0, 0, 0, false, null, CancellationCause.CLIENT, false, "no",
				failure.detailsJson());
		assertThat(this.translator.translate(TelemetryEngineException.of(gone)).details()).isEmpty();
	}

	@Test
	void delayOfThrottledClientsIsConfigurable() {
		TranslatedError error = ErrorTranslator.create(Duration.ofMillis(2500))
			.translate(TelemetryEngineException.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full")));
		assertThat(error.retryInfo()).isEqualTo(Duration.ofMillis(2500));
		assertThat(error.retryAfterSeconds()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S" })
	void delayOfThrottledClientsMustBePositive(Duration delay) {
		assertThatIllegalArgumentException().isThrownBy(() -> ErrorTranslator.create(delay));
	}

	@ParameterizedTest
	@EnumSource
	void messageIsNeverEmpty(ErrorKind kind) {
		assertThat(translate(Failure.of(kind, "")).message()).isNotBlank();
		assertThat(translate(Failure.of(kind, "\r\n")).message()).isNotBlank();
	}

	@Test
	void messageIsCleanedAndCut() {
		assertThat(translate(Failure.of(ErrorKind.PERMANENT, "one\r\ntwo")).message()).isEqualTo("one two");
		assertThat(translate(Failure.of(ErrorKind.PERMANENT, "x".repeat(5000))).message()).hasSize(4096);
	}

	private TranslatedError translate(Failure failure) {
		return this.translator.translate(TelemetryEngineException.of(failure));
	}

}
