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

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs commands as somebody at a terminal would, with the Maven and the Java of this
 * build.
 *
 * @param directory where they run
 * @param variables variables of the environment
 */
record Shell(Path directory, Map<String, String> variables) {

	/** What commands exported, for those after them. */
	private static final String EXPORTED = "./exported-variables";

	/**
	 * Runs a command to its end, which has to be a good one.
	 * @return its output and errors
	 */
	String run(String command) throws IOException {
		Process process = builder("set -e\n" + command + "\nexport -p > " + EXPORTED, Map.of()).start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
		}
		catch (InterruptedException ex) {
			process.destroy();
			Thread.currentThread().interrupt();
		}
		return output;
	}

	ProcessBuilder builder(String command, Map<String, String> more) {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c",
				"if [ -f %1$s ]; then . %1$s; fi\n%2$s".formatted(EXPORTED, command))
			.directory(this.directory.toFile())
			.redirectErrorStream(true);
		Map<String, String> environment = builder.environment();
		String java = System.getProperty("java.home");
		environment.put("JAVA_HOME", java);
		environment.put("PATH", String.join(File.pathSeparator, java + "/bin",
				System.getProperty("maven.home") + "/bin", environment.get("PATH")));
		String library = System.getProperty("ferrule.native.path");
		if (library != null) {
			environment.put("FERRULE_NATIVE_PATH", library);
		}
		environment.putAll(this.variables);
		environment.putAll(more);
		return builder;
	}

}
