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

package dev.ferrule.lifecycle;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that developer tools can restart an application, with Ferrule's classes loaded
 * anew each time as well as without.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DevToolsRestartTests {

	private static final Logger logger = LoggerFactory.getLogger(DevToolsRestartTests.class);

	private static final int STARTS = 4;

	private static final Pattern START = Pattern
		.compile(".* start (\\d+) together (true|false) threads \\[(.*)] VmRSS:.*");

	@TempDir
	private Path directory;

	private Process process;

	@AfterEach
	void stop() throws InterruptedException {
		this.process.destroy();
		assertThat(this.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
	}

	@Test
	void engineIsClosedAndStartedWithNewClasses() throws Exception {
		// Of jars, unless told otherwise, the restarted application gets the same classes
		write("restart.include.core=/ferrule-core-[\\\\w.-]+\\\\.jar");
		start();
		restart("true");
	}

	@Test
	void engineIsClosedAndStartedWithTheSameClasses() throws Exception {
		write("restart.exclude.ferrule=/(core|autoconfigure)/target/classes/");
		start();
		restart("false");
	}

	private void write(String settings) throws IOException {
		Path file = this.directory.resolve("META-INF/spring-devtools.properties");
		Files.createDirectories(file.getParent());
		Files.writeString(file, settings);
	}

	private void restart(String together) throws IOException {
		List<String> threads = new ArrayList<>();
		List<String> output = new ArrayList<>();
		int starts = 0;
		try (BufferedReader reader = this.process.inputReader()) {
			for (String line = reader.readLine(); line != null && starts < STARTS; line = reader.readLine()) {
				output.add(line);
				Matcher start = START.matcher(line);
				if (start.matches()) {
					logger.info(line);
					starts++;
					assertThat(start.group(1)).isEqualTo(String.valueOf(starts));
					assertThat(start.group(2)).isEqualTo(together);
					threads.add(start.group(3));
					Files.writeString(this.directory.resolve("changed.txt"), "restart " + starts);
				}
			}
		}
		assertThat(starts).as(() -> String.join("\n", output)).isEqualTo(STARTS);
		assertThat(threads).containsOnly(threads.get(0));
		assertThat(output).noneMatch((line) -> line.contains(" ERROR "));
	}

	private void start() throws IOException {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				this.directory + File.pathSeparator + System.getProperty("java.class.path")));
		String library = System.getProperty("ferrule.native.path");
		if (library != null) {
			command.add("-Dferrule.native.path=" + library);
		}
		command.addAll(List.of(RestartedApplication.class.getName(), "--spring.docker.compose.enabled=false",
				"--spring.devtools.restart.poll-interval=200ms", "--spring.devtools.restart.quiet-period=100ms",
				"--spring.devtools.livereload.enabled=false"));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
	}

}
