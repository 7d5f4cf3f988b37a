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

package dev.ferrule.engine.ffi;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CancelTimes}.
 */
class CancelTimesTests {

	private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE);

	private final CancelTimes times = new CancelTimes(this.clock::get);

	@Test
	void timeIsSinceTheFirstCancellation() {
		assertThat(this.times.begin(-1)).isTrue();
		this.clock.addAndGet(5);
		assertThat(this.times.begin(-1)).isFalse();
		this.clock.addAndGet(2);
		assertThat(this.times.end(-1)).isEqualTo(Duration.ofNanos(7));
		assertThat(this.times.end(-1)).isNull();
	}

	@Test
	void callThatCouldNotBeCancelledHasNone() {
		this.times.begin(1);
		this.times.begin(2);
		this.times.forget(1);
		assertThat(this.times.end(1)).isNull();
		assertThat(this.times.end(2)).isZero();
	}

}
