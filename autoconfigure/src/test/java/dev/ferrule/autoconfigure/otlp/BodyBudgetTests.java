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

package dev.ferrule.autoconfigure.otlp;

import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BodyBudget}.
 */
class BodyBudgetTests {

	private static final long MB = 1024 * 1024;

	@Test
	void arrivingBodiesHoldHalfOfTheBudget() {
		BodyBudget budget = new BodyBudget(256 * MB);
		assertThat(budget.largestBody(64 * MB)).isEqualTo(64 * MB);
		assertThat(budget.unfinished(null, 64 * MB)).isEqualTo(128 * MB);
		assertThat(budget.unfinished(DataSize.ofMegabytes(3), 64 * MB)).isEqualTo(3 * MB);
	}

	@Test
	void largestBodyFitsInAnyCase() {
		BodyBudget budget = new BodyBudget(MB);
		assertThat(budget.largestBody(64 * MB)).isEqualTo(MB);
		long unfinished = budget.unfinished(null, MB);
		assertThat(unfinished - unfinished / 4).isGreaterThanOrEqualTo(MB);
	}

	@Test
	void unknownBudgetLimitsNoBody() {
		BodyBudget budget = BodyBudget.of(null);
		assertThat(budget.largestBody(64 * MB)).isEqualTo(64 * MB);
		assertThat(budget.unfinished(null, 64 * MB)).isBetween(64 * MB, 128 * MB);
	}

}
