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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.autoconfigure.engine.MemoryBudget;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Binds properties written as {@code key=value} in tests.
 */
public final class TestProperties {

	public static final MemoryBudget MUCH_MEMORY = new MemoryBudget(64L << 30);

	private TestProperties() {
	}

	public static FerruleProperties bind(String... pairs) {
		Map<String, String> map = new LinkedHashMap<>();
		for (String pair : pairs) {
			int equals = pair.indexOf('=');
			map.put(pair.substring(0, equals), pair.substring(equals + 1));
		}
		return new Binder(new MapConfigurationPropertySource(map)).bindOrCreate(FerruleProperties.PREFIX,
				FerruleProperties.class);
	}

	public static EngineSpecification compose(String... pairs) {
		return EngineSpecification.compose(bind(pairs), MUCH_MEMORY, List.of());
	}

	public static DocumentContext json(String... pairs) {
		return JsonPath.parse(compose(pairs).toJson());
	}

}
