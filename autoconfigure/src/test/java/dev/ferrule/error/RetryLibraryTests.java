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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.error.TelemetryEngineException.Failure;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Failures with the libraries that applications retry with.
 */
class RetryLibraryTests {

	private static final TelemetryEngineException DOWN = TelemetryEngineException
		.of(Failure.of(ErrorKind.RETRYABLE, "down").withRetryDelay(Duration.ofMillis(2)));

	private static final TelemetryEngineException REFUSED = TelemetryEngineException
		.of(Failure.of(ErrorKind.PERMANENT, "refused"));

	private final AtomicInteger attempts = new AtomicInteger();

	@Test
	void templateOfSpringRetriesWhatMayHelp() {
		RetryTemplate template = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(3)
			.delay(Duration.ofMillis(1))
			.predicate(RetryAdvice::isRetryable)
			.build());
		assertThatExceptionOfType(RetryException.class).isThrownBy(() -> template.execute(() -> {
			throw (this.attempts.incrementAndGet() < 3) ? new CompletionException(DOWN) : REFUSED;
		})).withCause(REFUSED);
		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void annotationOfSpringRetriesWhatMayHelp() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Resilient.class,
				Sender.class)) {
			Sender sender = context.getBean(Sender.class);
			assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(sender::send).isEqualTo(REFUSED);
			assertThat(sender.attempts()).hasValue(2);
		}
	}

	@Test
	void resilience4jRetriesWhatMayHelpAfterTheDelay() {
		List<Duration> delays = new ArrayList<>();
		Retry retry = retry(delays);
		assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(() -> retry.executeSupplier(() -> {
			throw (this.attempts.incrementAndGet() < 3) ? DOWN : REFUSED;
		})).isEqualTo(REFUSED);
		assertThat(this.attempts).hasValue(3);
		assertThat(delays).containsExactly(Duration.ofMillis(2), Duration.ofMillis(2));
	}

	@Test
	void resilience4jRetriesFutures() {
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
		try {
			CompletableFuture<String> result = retry(new ArrayList<>()).executeCompletionStage(scheduler,
					() -> (this.attempts.incrementAndGet() < 3)
							? CompletableFuture.<String>failedFuture(DOWN).thenApply((value) -> value)
							: CompletableFuture.completedFuture("sent"))
				.toCompletableFuture();
			assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("sent");
		}
		finally {
			scheduler.shutdownNow();
		}
	}

	private static Retry retry(List<Duration> delays) {
		RetryConfig config = RetryConfig.custom()
			.maxAttempts(5)
			.retryOnException(RetryAdvice::isRetryable)
			.intervalBiFunction((attempt, outcome) -> {
				Duration delay = RetryAdvice.of(outcome.getLeft()).delay();
				delays.add(delay);
				return delay.toMillis();
			})
			.build();
		return Retry.of("telemetry", config);
	}

	@EnableResilientMethods(proxyTargetClass = true)
	static class Resilient {

	}

	static class Sender {

		private final AtomicInteger attempts = new AtomicInteger();

		@Retryable(includes = RetryableTelemetryException.class, maxRetries = 5, delay = 1)
		void send() {
			throw (this.attempts().incrementAndGet() < 2) ? DOWN : REFUSED;
		}

		AtomicInteger attempts() {
			return this.attempts;
		}

	}

}
