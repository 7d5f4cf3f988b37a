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

package dev.ferrule.autoconfigure.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemoryBudget}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MemoryBudgetTests {

	private static final long MEGABYTE = 1024 * 1024;

	@Test
	void defaultIs256MegabytesOrAQuarterOfTheMemory() {
		assertThat(new MemoryBudget(4096 * MEGABYTE).payloadBytes(null)).isEqualTo(256 * MEGABYTE);
		assertThat(new MemoryBudget(512 * MEGABYTE).payloadBytes(null)).isEqualTo(128 * MEGABYTE);
	}

	@Test
	void configuredSizeApplies() {
		assertThat(new MemoryBudget(4096 * MEGABYTE).payloadBytes(DataSize.ofMegabytes(512))).isEqualTo(512 * MEGABYTE);
	}

	@Test
	void configuredSizeAboveAQuarterIsCutWithAWarning(CapturedOutput output) {
		assertThat(new MemoryBudget(4096 * MEGABYTE).payloadBytes(DataSize.ofGigabytes(2))).isEqualTo(1024 * MEGABYTE);
		assertThat(output).contains("'ferrule.engine.max-payload-size' is 2048MB").contains("1024MB apply");
	}

	@Test
	void memoryOfThisMachineIsDetected() {
		assertThat(MemoryBudget.detect().total()).isBetween(MEGABYTE, Long.MAX_VALUE);
	}

}
