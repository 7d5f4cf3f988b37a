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

package dev.ferrule.docs.plain;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link PlainMain} with what {@code ferrule-core} brings, the native library and a
 * logging provider, and nothing else.
 */
class PlainMainTests {

	private static final Pattern NEEDED = Pattern.compile("(ferrule-core|ferrule-native|jna|jspecify|slf4j-api"
			+ "|jackson-core|logback-core|logback-classic)-\\d[\\w.-]*\\.jar");

	private static final List<Path> MODULES = List.of(Path.of("core", "target", "classes"),
			Path.of("rust-core", "target", "classes"), Path.of("src", "docs", "target", "test-classes"));

	@Test
	void coreNeedsNoSpring() throws IOException, InterruptedException {
		List<String> classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter(PlainMainTests::isNeeded)
			.toList();
		assertThat(classPath).hasSizeGreaterThanOrEqualTo(9).noneMatch((entry) -> entry.contains("spring"));
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				String.join(File.pathSeparator, classPath), PlainMain.class.getName())
			.redirectErrorStream(true)
			.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		assertThat(output).contains("traces: 1 span in 1 scope of 1 resource", "delivered, 0 items rejected")
			.doesNotContain("ERROR", "WARN ");
	}

	private static boolean isNeeded(String entry) {
		Path path = Path.of(entry);
		return NEEDED.matcher(path.getFileName().toString()).matches() || MODULES.stream().anyMatch(path::endsWith);
	}

}
