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

package dev.ferrule.autoconfigure.diagnostics;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that applications tell why they cannot use a native library, each in a process of
 * its own, since a process loads one library only.
 */
class WrongNativeLibraryTests {

	@TempDir
	private Path directory;

	@Test
	@EnabledOnOs(OS.LINUX)
	void libraryOfAnotherVersion() throws Exception {
		Path library = compile(
				Arrays.stream(Class.forName("dev.ferrule.engine.jna.abi.JnaNativeApi").getDeclaredMethods())
					.filter((method) -> Modifier.isNative(method.getModifiers()))
					.map((method) -> "int " + method.getName() + "(void) { return 99; }")
					.collect(Collectors.joining("\n")));
		assertThat(run("--ferrule.native.path=" + library)).contains("APPLICATION FAILED TO START",
				library + " has version 99 of the native interface", "remove ferrule.native.path");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void libraryWithoutTheInterface() throws Exception {
		Path library = compile("int other(void) { return 0; }");
		assertThat(run("--ferrule.native.path=" + library)).contains("APPLICATION FAILED TO START",
				"because the symbol ferrule_", "remove ferrule.native.path");
	}

	@ParameterizedTest
	@ValueSource(strings = { "file", "file/below" })
	void cacheDirectoryThatIsNone(String name) throws Exception {
		Files.createFile(this.directory.resolve("file"));
		Path cache = this.directory.resolve(name);
		assertThat(run("--ferrule.native.cache-directory=" + cache)).contains("APPLICATION FAILED TO START",
				cache + " cannot be created", "Set ferrule.native.cache-directory");
	}

	private Path compile(String code) throws Exception {
		Path source = Files.writeString(this.directory.resolve("library.c"), code);
		Path library = this.directory.resolve("libferrule.so");
		// The linker of Rust too, so it is there wherever the library is built
		Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
			.inheritIO()
			.start();
		assertThat(compiler.waitFor()).isZero();
		return library;
	}

	private static String run(String argument) throws Exception {
		List<String> command = List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), SpringApplication.class.getName(),
				"--spring.main.sources=" + FerruleAutoConfiguration.class.getName(),
				"--spring.main.web-application-type=none", "--spring.docker.compose.enabled=false",
				"--ferrule.exporter.type=log", argument);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		return output;
	}

}
