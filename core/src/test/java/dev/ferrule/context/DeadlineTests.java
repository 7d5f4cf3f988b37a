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

package dev.ferrule.context;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Deadline}.
 */
class DeadlineTests {

	private final AtomicLong now = new AtomicLong(1000);

	private final LongSupplier ticker = this.now::get;

	@Test
	void remainingTimeShrinksAsTimePasses() {
		Deadline deadline = Deadline.after(Duration.ofNanos(5000), this.ticker);
		assertThat(deadline.remainingNanos()).isEqualTo(5000);
		this.now.addAndGet(2500);
		assertThat(deadline.remainingNanos()).isEqualTo(2500);
		assertThat(deadline.isExpired()).isFalse();
	}

	@Test
	void deadlineExpiresWhenNothingIsLeft() {
		Deadline deadline = Deadline.after(Duration.ofNanos(5000), this.ticker);
		this.now.addAndGet(4999);
		assertThat(deadline.isExpired()).isFalse();
		this.now.addAndGet(1);
		assertThat(deadline.isExpired()).isTrue();
		this.now.addAndGet(1);
		assertThat(deadline.remainingNanos()).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-0.000000001S", "PT-1H", "PT-9223372036854775807S" })
	void noTimeIsExpiredAtOnceAndStaysSo(String time) {
		Deadline deadline = Deadline.after(Duration.parse(time), this.ticker);
		assertThat(deadline.isExpired()).isTrue();
		this.now.addAndGet(Long.MAX_VALUE);
		assertThat(deadline.isExpired()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1000, 0, -1000, Long.MAX_VALUE, Long.MIN_VALUE, 9223372036854775800L })
	void tooLongSaturatesWithoutWrapping(long reading) {
		this.now.set(reading);
		Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), this.ticker);
		assertThat(deadline.remainingNanos()).isEqualTo(Long.MAX_VALUE);
		this.now.addAndGet(1_000_000);
		assertThat(deadline.remainingNanos()).isEqualTo(Long.MAX_VALUE - 1_000_000);
	}

	@Test
	void tickerMayWrapAround() {
		this.now.set(9223372036854775800L);
		Deadline deadline = Deadline.after(Duration.ofNanos(100), this.ticker);
		assertThat(deadline.isExpired()).isFalse();
		this.now.addAndGet(99);
		assertThat(deadline.remainingNanos()).isOne();
		this.now.addAndGet(1);
		assertThat(deadline.isExpired()).isTrue();
	}

	@Test
	void earlierOfTwoIsChosenEitherWay() {
		Deadline soon = Deadline.after(Duration.ofSeconds(1), this.ticker);
		Deadline late = Deadline.after(Duration.ofSeconds(2), this.ticker);
		assertThat(soon.earlierOf(late)).isSameAs(soon);
		assertThat(late.earlierOf(soon)).isSameAs(soon);
	}

	@Test
	void earlierOfEqualsIsItself() {
		Deadline one = Deadline.after(Duration.ofSeconds(1), this.ticker);
		Deadline other = Deadline.after(Duration.ofSeconds(1), this.ticker);
		assertThat(one.earlierOf(other)).isSameAs(one);
	}

	@Test
	void expiredIsEarlierThanSaturated() {
		Deadline expired = Deadline.after(Duration.ZERO, this.ticker);
		this.now.addAndGet(1000);
		Deadline saturated = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), this.ticker);
		assertThat(saturated.earlierOf(expired)).isSameAs(expired);
		assertThat(expired.earlierOf(saturated)).isSameAs(expired);
	}

	@Test
	void deadlinesOnDifferentClocksAreNotCompared() {
		Deadline one = Deadline.after(Duration.ofSeconds(1), this.ticker);
		Deadline other = Deadline.after(Duration.ofSeconds(1));
		assertThatIllegalArgumentException().isThrownBy(() -> one.earlierOf(other));
	}

	@Test
	void systemDeadlinesAreOnOneClock() {
		Deadline one = Deadline.after(Duration.ofSeconds(30));
		Deadline other = Deadline.since(System.nanoTime(), Duration.ofHours(1));
		assertThat(other.earlierOf(one)).isSameAs(one);
	}

	@Test
	void timeSinceTheStartCounts() {
		Deadline deadline = Deadline.since(System.nanoTime() - Duration.ofMinutes(1).toNanos(), Duration.ofMinutes(2));
		assertThat(deadline.remainingNanos()).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(1).toNanos());
		assertThat(Deadline.since(System.nanoTime() - 1000, Duration.ofNanos(1000)).isExpired()).isTrue();
	}

	@Test
	void stringTellsTimeLeft() {
		assertThat(Deadline.after(Duration.ofMillis(1500), this.ticker)).hasToString("Deadline[remaining=PT1.5S]");
	}

}
