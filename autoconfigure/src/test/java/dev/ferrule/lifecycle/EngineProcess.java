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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What engines hold of this process.
 */
final class EngineProcess {

	private static final Pattern THREAD = Pattern
		.compile("(ferrule|container|controller|engine|http-admin|metrics|observed|otap|pipeline)-.*");

	private EngineProcess() {
	}

	/**
	 * Returns the names of threads of engines, of Java and of Rust.
	 * @return names as the operating system knows them, the first 15 characters
	 */
	static List<String> threads() {
		try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
			return tasks.map(EngineProcess::nameOf).filter(THREAD.asMatchPredicate()).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String nameOf(Path task) {
		try {
			return Files.readString(task.resolve("comm")).trim();
		}
		catch (IOException ex) {
			// It ended meanwhile
			return "";
		}
	}

}
