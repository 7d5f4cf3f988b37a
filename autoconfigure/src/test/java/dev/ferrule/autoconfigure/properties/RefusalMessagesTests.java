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

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import dev.ferrule.engine.jna.call.RefusalReason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the properties that the messages of {@link RefusalReason} name.
 */
class RefusalMessagesTests {

	private static final Pattern PROPERTY = Pattern.compile("ferrule\\.[a-z.-]*[a-z]");

	@Test
	void propertiesThatMessagesNameExist() throws IOException {
		Set<String> named = new HashSet<>();
		for (RefusalReason reason : RefusalReason.values()) {
			Matcher matcher = PROPERTY.matcher(reason.message());
			while (matcher.find()) {
				named.add(matcher.group());
			}
		}
		assertThat(named).contains("ferrule.engine.lane-capacity");
		assertThat(properties()).containsAll(named);
	}

	private static List<String> properties() throws IOException {
		try (InputStream metadata = FerruleProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return JsonPath.read(metadata, "$.properties[*].name");
		}
	}

}
