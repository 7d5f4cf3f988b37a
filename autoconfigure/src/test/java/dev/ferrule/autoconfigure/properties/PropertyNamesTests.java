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

package dev.ferrule.autoconfigure.properties;

import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PropertyNames}.
 */
class PropertyNamesTests {

	private final Set<String> names = PropertyNames.of("ferrule", FerruleProperties.class);

	@Test
	void namesAreThoseThatAreBound() {
		assertThat(this.names)
			.contains("ferrule.enabled", "ferrule.native.cache-directory", "ferrule.engine.max-in-flight",
					"ferrule.exporter.endpoint", "ferrule.otlp.http.unknown-paths", "ferrule.pipelines")
			.allMatch((name) -> name.matches("ferrule(\\.[a-z-]+)+"));
	}

	@Test
	void closestNameDiffersInFewCharacters() {
		assertThat(PropertyNames.closest("ferrule.batch.max-sice", this.names)).isEqualTo("ferrule.batch.max-size");
		assertThat(PropertyNames.closest("ferrule.retries.enabled", this.names)).isNotEqualTo("ferrule.enabled");
		assertThat(PropertyNames.closest("ferrule.something.else", this.names)).isNull();
	}

}
