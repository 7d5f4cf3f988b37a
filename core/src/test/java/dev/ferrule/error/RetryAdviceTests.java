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

import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryAdvice}.
 */
class RetryAdviceTests {

	@ParameterizedTest
	@EnumSource
	void whatIsNotPermanentMayBeSentAgain(ErrorKind kind) {
		Failure failure = Failure.of(kind, "message");
		assertThat(RetryAdvice.of(TelemetryEngineException.of(failure)))
			.isEqualTo(new RetryAdvice(!kind.isPermanent(), Duration.ZERO));
	}

	@ParameterizedTest
	@CsvSource({ "CLIENT, false", "APPLICATION, false", "SHUTDOWN, true", "BATCH_PEER, true", "DOWNSTREAM, true" })
	void callThatSomebodyWantedCancelledIsOver(CancellationCause cause, boolean retryable) {
		assertThat(RetryAdvice.isRetryable(TelemetryEngineException.of(Failure.cancelled(cause, "message"))))
			.isEqualTo(retryable);
	}

	@Test
	void delayIsTheOneAskedFor() {
		Failure failure = Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full");
		assertThat(RetryAdvice.of(TelemetryEngineException.of(failure.withRetryDelay(Duration.ofMillis(1500)))))
			.isEqualTo(new RetryAdvice(true, Duration.ofMillis(1500)));
		Failure permanent = Failure.of(ErrorKind.PERMANENT, "no").withRetryDelay(Duration.ofSeconds(7));
		assertThat(RetryAdvice.of(TelemetryEngineException.of(permanent)))
			.isEqualTo(new RetryAdvice(false, Duration.ZERO));
	}

	@Test
	void codeThatForcesPermanentIsNotRetryable() {
		Failure failure = Failure.of(ErrorKind.RETRYABLE, "no").withGrpcCode(GrpcCodes.UNAUTHENTICATED);
		assertThat(RetryAdvice.isRetryable(TelemetryEngineException.of(failure))).isFalse();
	}

	@Test
	void wrappersAreLookedThrough() {
		TelemetryEngineException failure = TelemetryEngineException.of(Failure.of(ErrorKind.RETRYABLE, "down"));
		Throwable wrapped = new UndeclaredThrowableException(new ExecutionException(new CompletionException(failure)));
		assertThat(TelemetryEngineException.find(wrapped)).isSameAs(failure);
		assertThat(RetryAdvice.isRetryable(wrapped)).isTrue();
	}

	@Test
	void otherThrowablesAreNotRetryable() {
		TelemetryEngineException failure = TelemetryEngineException.of(Failure.of(ErrorKind.RETRYABLE, "down"));
		assertThat(TelemetryEngineException.find(new IllegalStateException(failure))).isNull();
		assertThat(RetryAdvice.isRetryable(new IllegalStateException(failure))).isFalse();
		assertThat(RetryAdvice.isRetryable(new CompletionException(new CancellationException()))).isFalse();
		assertThat(RetryAdvice.isRetryable(new TimeoutException())).isFalse();
		assertThat(RetryAdvice.isRetryable(new CompletionException(null))).isFalse();
	}

	@Test
	void circleOfWrappersEnds() {
		assertThat(RetryAdvice.isRetryable(new ExecutionException(new Circle()))).isFalse();
	}

	@SuppressWarnings("serial")
	private static final class Circle extends CompletionException {

		@Override
		public synchronized Throwable getCause() {
			return this;
		}

	}

}
