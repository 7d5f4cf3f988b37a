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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.fail;

/**
 * Code that is compiled and executed, in which snippets have to occur as they are.
 */
final class Sources {

	/** Code of tests, and what they run. */
	private static final List<String> ROOTS = List.of("src/docs/src/test/java", "test-support/src/test/java",
			"core/src/test/java", "autoconfigure/src/test/java", "sample-app/src/test/java", "sample-app/src/main/java",
			"rust-core/crates/example-node");

	private static final String TESTS = "Tests.java";

	private final Map<Path, String> files = new LinkedHashMap<>();

	Sources() throws IOException {
		for (String root : ROOTS) {
			try (Stream<Path> walk = Files.walk(Block.PROJECT.resolve(root))) {
				for (Path file : walk.filter((file) -> file.toString().matches(".*\\.(java|rs|toml)")).toList()) {
					// Long lines of text blocks are broken by a backslash
					this.files.put(file, Output.squeeze(Files.readString(file).replace("\\\n", "")));
				}
			}
		}
	}

	/**
	 * Fails unless a block occurs in a test, or in a class that a test mentions.
	 */
	void verify(Block block) {
		String text = Output.squeeze(block.text());
		List<Path> untested = new ArrayList<>();
		for (Map.Entry<Path, String> file : this.files.entrySet()) {
			if (file.getValue().contains(text)) {
				if (isTested(file.getKey())) {
					return;
				}
				untested.add(file.getKey());
			}
		}
		if (untested.isEmpty()) {
			fail("%s: stands in no file below %s. Put it into a test that runs it", block, ROOTS);
		}
		fail("%s: stands in %s, which no test mentions", block, untested);
	}

	boolean contains(Block block) {
		String text = Output.squeeze(block.text());
		return this.files.values().stream().anyMatch((file) -> file.contains(text));
	}

	private boolean isTested(Path file) {
		String name = file.getFileName().toString();
		if (!name.endsWith(".java") || name.endsWith(TESTS)
				|| file.startsWith(Block.PROJECT.resolve("sample-app/src/main"))) {
			return true;
		}
		String type = name.substring(0, name.length() - ".java".length());
		return this.files.entrySet()
			.stream()
			.anyMatch((other) -> other.getKey().toString().endsWith(TESTS) && other.getValue().contains(type));
	}

}
