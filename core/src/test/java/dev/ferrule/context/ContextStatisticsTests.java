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

import java.util.Map;

import dev.ferrule.context.header.HeaderListCarrier;
import dev.ferrule.context.header.MetadataExtractor;
import dev.ferrule.context.header.MetadataSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ContextStatistics}.
 */
class ContextStatisticsTests {

	@Test
	void dropsAreCountedByReason() {
		ContextStatistics statistics = new ContextStatistics();
		MetadataExtractor extractor = new MetadataExtractor(MetadataSettings.standard(true), statistics);
		extractor.extract(HeaderListCarrier.of(Map.of("te", "x", "upgrade", "y", "a b", "z")), CallContext.builder());
		assertThat(statistics.droppedMetadata(MetadataDrop.HOP_BY_HOP)).isEqualTo(2);
		assertThat(statistics.droppedMetadata(MetadataDrop.ILLEGAL_NAME)).isOne();
		assertThat(statistics.droppedMetadata(MetadataDrop.TOTAL_SIZE)).isZero();
	}

	@Test
	void nothingIsReadUnlessCaptured() {
		ContextStatistics statistics = new ContextStatistics();
		CallContext.Builder builder = CallContext.builder();
		new MetadataExtractor(MetadataSettings.standard(false), statistics)
			.extract(HeaderListCarrier.of(Map.of("te", "x", "x-a", "y")), builder);
		assertThat(builder.build().metadata().isEmpty()).isTrue();
		assertThat(statistics.droppedMetadata(MetadataDrop.HOP_BY_HOP)).isZero();
	}

}
