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

package dev.ferrule.cancellation;

import java.util.EnumSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CancellationCause}.
 */
class CancellationCauseTests {

	@Test
	void numbersAreThoseOfTheEngine() {
		assertThat(CancellationCause.values()).extracting(CancellationCause::code).containsExactly(1, 2, 3, 4, 5, 0);
	}

	@Test
	void causeIsFoundByNumber() {
		for (CancellationCause cause : EnumSet.complementOf(EnumSet.of(CancellationCause.DEADLINE))) {
			assertThat(CancellationCause.fromCode(cause.code())).isEqualTo(cause);
		}
	}

	@Test
	void unknownNumberIsNoCause() {
		assertThat(CancellationCause.fromCode(0)).isNull();
		assertThat(CancellationCause.fromCode(6)).isNull();
		assertThat(CancellationCause.fromCode(-1)).isNull();
	}

}
