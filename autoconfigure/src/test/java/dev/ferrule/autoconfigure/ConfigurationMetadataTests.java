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

package dev.ferrule.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that explains the properties to IDEs.
 */
class ConfigurationMetadataTests {

	@Test
	void everyPropertyHasADescription() throws Exception {
		List<Map<String, Object>> properties = read("$.properties[?(@.name =~ /ferrule\\..*/)]");
		assertThat(properties).extracting((property) -> property.get("name"))
			.contains("ferrule.enabled", "ferrule.exporter.endpoint", "ferrule.pipelines");
		assertThat(properties)
			.allSatisfy((property) -> assertThat((String) property.get("description")).as("%s", property.get("name"))
				.isNotBlank()
				.endsWith("."));
	}

	@Test
	void everyHintIsForAProperty() throws Exception {
		List<String> properties = read("$.properties[*].name");
		List<String> hints = read("$.hints[*].name");
		assertThat(hints).extracting((hint) -> hint.replaceFirst("\\.(keys|values)$", "")).isSubsetOf(properties);
		assertThat(hints).contains("ferrule.batch.partition-by", "ferrule.context.deadline-headers.keys",
				"ferrule.context.outbound.headers", "ferrule.exporter.endpoint", "ferrule.exporter.headers.keys");
	}

	private <T> T read(String path) throws IOException {
		try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return JsonPath.read(metadata, path);
		}
	}

}
