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

package dev.ferrule;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The vectors of one file of {@code semantics}, section by section.
 */
public final class SemanticVectors {

	private final Map<String, Object> sections;

	private SemanticVectors(Map<String, Object> sections) {
		this.sections = sections;
	}

	public static SemanticVectors load(String name) {
		try (InputStream json = SemanticVectors.class.getResourceAsStream("/semantics/" + name)) {
			String text = new String(Objects.requireNonNull(json).readAllBytes(), StandardCharsets.UTF_8);
			return new SemanticVectors(Json.readObject(text));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns a test per vector of a section.
	 * @param section name of the section
	 * @param elsewhere ids of the vectors that others decide; each must exist
	 * @param test checks one vector
	 * @return the tests, at least one
	 */
	public Stream<DynamicTest> tests(String section, Set<String> elsewhere, Consumer<Vector> test) {
		List<Vector> all = section(section);
		Set<String> left = new LinkedHashSet<>(elsewhere);
		List<Vector> here = all.stream().filter((vector) -> !left.remove(vector.text("id"))).toList();
		assertThat(left).as("ids of others").isEmpty();
		assertThat(here).as(section).isNotEmpty();
		return here.stream().map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> test.accept(vector)));
	}

	/**
	 * Returns a test per vector of a section, each with a check of its own.
	 * @param section name of the section
	 * @param elsewhere ids of the vectors that others decide; each must exist
	 * @param here checks of all others, by id
	 * @return the tests, at least one
	 */
	public Stream<DynamicTest> tests(String section, Set<String> elsewhere, Map<String, Consumer<Vector>> here) {
		Set<String> left = new LinkedHashSet<>(here.keySet());
		section(section).forEach((vector) -> left.remove(vector.id()));
		assertThat(left).as("checks without vector").isEmpty();
		return tests(section, elsewhere,
				(vector) -> Objects.requireNonNull(here.get(vector.id()), "no check").accept(vector));
	}

	/**
	 * Returns tests of some vectors of a section, whoever else tests them.
	 * @param section name of the section
	 * @param here checks by id; each id must exist
	 * @return the tests
	 */
	public Stream<DynamicTest> some(String section, Map<String, Consumer<Vector>> here) {
		Set<String> others = section(section).stream()
			.map(Vector::id)
			.filter((id) -> !here.containsKey(id))
			.collect(Collectors.toSet());
		return tests(section, others, here);
	}

	@SuppressWarnings("unchecked")
	private List<Vector> section(String name) {
		List<Map<String, Object>> vectors = (List<Map<String, Object>>) Objects.requireNonNull(this.sections.get(name));
		return vectors.stream().map(Vector::new).toList();
	}

	/**
	 * One object of the file.
	 *
	 * @param members members by name
	 */
	public record Vector(Map<String, Object> members) {

		public String id() {
			return Objects.requireNonNull(text("id"));
		}

		public boolean has(String name) {
			return this.members.get(name) != null;
		}

		public Vector child(String name) {
			return new Vector(get(name));
		}

		public @Nullable String text(String name) {
			return (String) this.members.get(name);
		}

		public @Nullable Long number(String name) {
			Number number = (Number) this.members.get(name);
			return (number != null) ? number.longValue() : null;
		}

		public boolean bool(String name) {
			return this.members.get(name) == Boolean.TRUE;
		}

		@SuppressWarnings("unchecked")
		public <T> T get(String name) {
			return (T) Objects.requireNonNull(this.members.get(name), name);
		}

	}

}
