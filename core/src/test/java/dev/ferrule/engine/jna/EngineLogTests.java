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

package dev.ferrule.engine.jna;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what a real engine logs.
 */
class EngineLogTests {

	@Test
	void linesHaveTheLoggerOfTheirTargetAndTheirFields() {
		try (LoggedEngine engine = new LoggedEngine(Level.DEBUG)) {
			await().untilAsserted(() -> assertThat(engine.lines).anyMatch((line) -> line
				.startsWith("INFO dev.ferrule.native.otel.controller.main " + "pipeline.core_allocation")
					&& line.contains(" pipeline_id=main")));
			// Once at this level, by way of the observability pipeline
			await().untilAsserted(() -> assertThat(engine.lines).anyMatch((line) -> line.contains(" pipeline=main")));
		}
	}

	@Test
	void normalLifeIsQuiet() {
		List<String> lines;
		try (LoggedEngine engine = new LoggedEngine(Level.WARN)) {
			engine.submit();
			lines = engine.lines;
		}
		assertThat(lines).isEmpty();
	}

	@Test
	void levelChangesWhileTheEngineRuns() {
		try (LoggedEngine engine = new LoggedEngine(Level.WARN)) {
			engine.logger.setLevel(Level.TRACE);
			await().untilAsserted(() -> {
				engine.submit();
				assertThat(engine.lines)
					.anyMatch((line) -> line.contains(".call call=") && line.contains("trace=- succeeded"));
			});
			engine.logger.setLevel(Level.ERROR);
			await().untilAsserted(() -> {
				engine.lines.clear();
				engine.submit();
				assertThat(engine.lines).isEmpty();
			});
		}
	}

	@Test
	void nothingIsPrinted(@TempDir Path directory) throws IOException, InterruptedException {
		Path output = directory.resolve("output");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path")));
		if (Runtime.version().feature() >= 22) {
			command.add("--enable-native-access=ALL-UNNAMED");
		}
		String library = System.getProperty("ferrule.native.path");
		if (library != null) {
			command.add("-Dferrule.native.path=" + library);
		}
		command.add(LoggedEngine.class.getName());
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		assertThat(process.waitFor()).isZero();
		assertThat(Files.readString(output)).isEmpty();
	}

}
