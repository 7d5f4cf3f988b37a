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

package dev.ferrule.docs;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.RetryAdvice;
import dev.ferrule.error.RetryableTelemetryException;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.RetryConfig;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the retries of errors.md.
 */
class RetrySnippetTests {

	private static final TelemetryEngineException DOWN = TelemetryEngineException
		.of(Failure.of(ErrorKind.RETRYABLE, "down").withRetryDelay(Duration.ofMillis(1)));

	private static final TelemetryEngineException REFUSED = TelemetryEngineException
		.of(Failure.of(ErrorKind.PERMANENT, "refused"));

	private final AtomicInteger retries = new AtomicInteger();

	@Test
	void adviceIsAsked() {
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
		afterFailure(DOWN, scheduler);
		afterFailure(REFUSED, scheduler);
		Awaitility.await().untilAtomic(this.retries, Matchers.equalTo(1));
		assertThat(scheduler.shutdownNow()).isEmpty();
	}

	private void afterFailure(TelemetryEngineException failure, ScheduledExecutorService scheduler) {
		RetryAdvice advice = RetryAdvice.of(failure);
		if (advice.retryable()) {
			// the delay is zero if nobody asked for one
			scheduler.schedule(this::sendAgain, advice.delay().toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void sendAgain() {
		this.retries.incrementAndGet();
	}

	@Test
	void policyOfSpring() {
		RetryPolicy policy = RetryPolicy.builder().predicate(RetryAdvice::isRetryable).build();
		assertThat(policy.shouldRetry(DOWN)).isTrue();
		assertThat(policy.shouldRetry(REFUSED)).isFalse();
	}

	@Test
	void annotationOfSpring() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Resilient.class,
				Sender.class)) {
			Sender sender = context.getBean(Sender.class);
			assertThatExceptionOfType(TelemetryEngineException.class).isThrownBy(sender::send).isEqualTo(REFUSED);
		}
	}

	@Test
	void configurationOfResilience4j() {
		RetryConfig.Builder<Object> builder = RetryConfig.custom()
			.retryOnException(RetryAdvice::isRetryable)
			.intervalBiFunction((attempt, outcome) -> RetryAdvice.of(outcome.getLeft()).delay().toMillis());
		RetryConfig configuration = builder.build();
		assertThat(configuration.getExceptionPredicate()).accepts(DOWN).rejects(REFUSED);
		IntervalBiFunction<Object> interval = configuration.getIntervalBiFunction();
		assertThat(interval.apply(1, Either.left(DOWN))).isEqualTo(1);
	}

	@EnableResilientMethods
	static class Resilient {

	}

	static class Sender {

		private int attempts;

		@Retryable(includes = RetryableTelemetryException.class)
		void send() {
			throw (++this.attempts == 1) ? DOWN : REFUSED;
		}

	}

}
