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

package dev.ferrule.error;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of {@code error-mapping.json}, section by section.
 */
final class ErrorMappingVectors {

	private final Map<String, Object> sections;

	private ErrorMappingVectors(Map<String, Object> sections) {
		this.sections = sections;
	}

	static ErrorMappingVectors load() {
		try (InputStream json = ErrorMappingVectors.class.getResourceAsStream("/semantics/error-mapping.json")) {
			String text = new String(Objects.requireNonNull(json).readAllBytes(), StandardCharsets.UTF_8);
			return new ErrorMappingVectors(Json.readObject(text));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the names of the sections.
	 * @return names of lists
	 */
	Set<String> names() {
		return this.sections.entrySet()
			.stream()
			.filter((section) -> section.getValue() instanceof List)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	@SuppressWarnings("unchecked")
	List<Vector> section(String name) {
		List<Map<String, Object>> vectors = (List<Map<String, Object>>) Objects.requireNonNull(this.sections.get(name));
		return vectors.stream().map(Vector::new).toList();
	}

	/**
	 * One object of the file.
	 *
	 * @param members members by name
	 */
	record Vector(Map<String, Object> members) {

		boolean has(String name) {
			return this.members.get(name) != null;
		}

		@SuppressWarnings("unchecked")
		Vector child(String name) {
			return new Vector((Map<String, Object>) Objects.requireNonNull(this.members.get(name)));
		}

		@Nullable String text(String name) {
			return (String) this.members.get(name);
		}

		@Nullable Long number(String name) {
			Number number = (Number) this.members.get(name);
			return (number != null) ? number.longValue() : null;
		}

		@Nullable Integer integer(String name) {
			Long number = number(name);
			return (number != null) ? Math.toIntExact(number) : null;
		}

		boolean bool(String name) {
			return (Boolean) Objects.requireNonNull(this.members.get(name));
		}

	}

}
