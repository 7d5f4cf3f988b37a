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

package dev.ferrule.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds architecture.md against the code: each file, type, package and crate that it
 * names exists.
 */
class ArchitecturePageTests {

	static final String PAGE = "src/docs/architecture.md";

	private static final List<String> ROOTS = List.of("core/src", "autoconfigure/src", "rust-core/crates",
			"rust-core/include", "rust-core/Cargo.toml", "src/docs");

	private static final Pattern CODE = Pattern.compile("`([^`\\s]+)`");

	private static final Set<String> NOT_CODE = Set.of("unsafe", "google.rpc.Status");

	private static Set<String> files;

	@BeforeAll
	static void list() throws IOException {
		files = ROOTS.stream()
			.map(Block.PROJECT::resolve)
			.flatMap(ArchitecturePageTests::walk)
			.collect(Collectors.toSet());
	}

	private static Stream<String> walk(Path root) {
		try (Stream<Path> walk = Files.walk(root)) {
			return walk.filter((file) -> !file.toString().contains("/target/"))
				.map((file) -> "/" + Block.PROJECT.relativize(file).toString().replace('\\', '/'))
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whatThePageNamesExists() {
		List<String> names = CODE.matcher(Block.read(PAGE)).results().map((match) -> match.group(1)).toList();
		assertThat(names).hasSizeGreaterThan(50)
			.allSatisfy((name) -> assertThat(exists(name)).as("%s of %s exists", name, PAGE).isTrue());
	}

	@Test
	void arrowsOfThePictureBeginAndEndAtRooms() {
		String picture = Block.of(PAGE).get(0).text();
		assertThat(picture.lines().filter((line) -> line.strip().equals("end")))
			.hasSameSizeAs(picture.lines().filter((line) -> line.strip().startsWith("subgraph")).toList());
		Set<String> rooms = Pattern.compile("(\\w+)\\[\"")
			.matcher(picture)
			.results()
			.map((match) -> match.group(1))
			.collect(Collectors.toSet());
		rooms.addAll(List.of("starter", "cancellation"));
		List<String> ends = picture.lines()
			.filter((line) -> line.contains("-->"))
			.flatMap((line) -> Arrays.stream(line.strip().split("\\s+--(?:>| .* -->)\\s+")))
			.map((end) -> end.replaceFirst("\\[.*", ""))
			.toList();
		assertThat(ends).isNotEmpty().allSatisfy((end) -> assertThat(rooms).contains(end));
	}

	private static boolean exists(String name) {
		if (name.startsWith("@")) {
			return exists(name.substring(1));
		}
		if (name.startsWith("dev.ferrule")) {
			return endsWith("/" + name.replace(".*", "").replace('.', '/'));
		}
		if (Pattern.matches("[A-Z][A-Za-z0-9]+", name)) {
			return endsWith("/" + name + ".java");
		}
		return endsWith("/" + name) || endsWith("/" + name.replace('.', '/')) || endsWith("/src/" + name + ".rs")
				|| NOT_CODE.contains(name);
	}

	private static boolean endsWith(String path) {
		return files.stream().anyMatch((file) -> file.endsWith(path));
	}

}
