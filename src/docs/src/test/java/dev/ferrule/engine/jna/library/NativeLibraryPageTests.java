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

package dev.ferrule.engine.jna.library;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests that the messages of native-library.md are the real ones.
 */
@EnabledOnOs(OS.LINUX)
class NativeLibraryPageTests {

	private static final Path LIBRARY = Path.of("/cache/libferrule.so");

	@TempDir
	private Path directory;

	@Test
	void jnaCannotLoadItsOwnLibrary() {
		String text = "/tmp/jna8111424642966228028.tmp: /tmp/jna8111424642966228028.tmp: failed to map segment from "
				+ "shared object";
		assertMessage(LoadFailure.explain(LIBRARY, new UnsatisfiedLinkError(text), "", ""), """
				The native library /cache/libferrule.so cannot be loaded because JNA, which loads it, could not load \
				its own native part (/tmp/jna8111424642966228028.tmp: /tmp/jna8111424642966228028.tmp: failed to map \
				segment from shared object).

				Set the system property jna.tmpdir to a writable directory that allows execution.""");
	}

	@Test
	void fileSystemIsReadOnly() throws IOException {
		// Not even root can create a directory below a file
		Path below = Files.createFile(this.directory.resolve("file")).resolve("ferrule");
		assertMessage(thrownBy(() -> CacheDirectory.resolve(below)), """
				There is no directory to extract the native library into: /read-only/ferrule cannot be created \
				(java.nio.file.FileSystemException: /read-only/ferrule: Read-only file system).

				Set ferrule.native.cache-directory to a directory that the user of this process owns, that others \
				cannot write to and that allows execution; or set ferrule.native.path to an extracted library.\
				""".replace("/read-only/ferrule", below.toString())
			.replace("Read-only file system", "Not a directory"));
	}

	@Test
	void directoryIsMountedWithNoexec() {
		NativeLibraryException failure = LoadFailure.explain(Path.of("/noexec/libferrule.so"),
				new UnsatisfiedLinkError("failed to map segment from shared object"), "",
				"tmpfs /noexec tmpfs rw,noexec 0 0\n");
		assertMessage(failure, """
				The native library /noexec/libferrule.so cannot be loaded because /noexec is mounted with noexec.

				Set ferrule.native.cache-directory to a directory that allows execution, or ferrule.native.path to a \
				library in one.""");
	}

	@Test
	void nativeAccessIsDenied() {
		Error error = new ExceptionInInitializerError(new IllegalCallerException("Illegal native access"));
		assertMessage(LoadFailure.explain(LIBRARY, error, "", ""),
				"""
						The native library /cache/libferrule.so cannot be loaded because this JVM was told to deny native access.

						Start Java with --enable-native-access=ALL-UNNAMED, or put "Enable-Native-Access: ALL-UNNAMED" into \
						the manifest of the executable jar.""");
	}

	@Test
	void systemUsesMusl() {
		String maps = "7f00-7f01 r-xp 00000000 00:1 1  /lib/ld-musl-x86_64.so.1\n";
		assertMessage(LoadFailure.explain(LIBRARY, new UnsatisfiedLinkError("x"), maps, ""), """
				The native library /cache/libferrule.so cannot be loaded because this system uses musl and the \
				library needs glibc.

				Run on a system with glibc, such as a Debian or Red Hat based image instead of Alpine, or set \
				ferrule.native.path to a library built for musl.""");
	}

	@Test
	void libraryIsForAnotherProcessor() throws IOException {
		byte[] header = new byte[20];
		System.arraycopy(new byte[] { 0x7F, 'E', 'L', 'F', 2, 1 }, 0, header, 0, 6);
		header[18] = (byte) 183;
		Path library = Files.write(this.directory.resolve("libferrule.so"), header);
		assertMessage(thrownBy(() -> LibraryHeader.check(library, "linux-x86-64")), """
				The native library /cache/libferrule.so is built for linux-aarch64, but this JVM runs on linux-x86-64.

				Use a library for linux-x86-64: set ferrule.native.path to it, or have the artifact with the native \
				library for this platform on the class path.""".replace("/cache", this.directory.toString()));
	}

	@Test
	void libraryForThisProcessorIsMissing() throws IOException {
		Path library = this.directory.resolve("linux-x86-64/libferrule.so");
		Files.createDirectories(library.getParent());
		Files.createFile(library);
		URL[] classPath = { this.directory.toUri().toURL() };
		try (URLClassLoader loader = new URLClassLoader(classPath, null)) {
			assertMessage(
					thrownBy(
							() -> NativeLibraryLoader.locate(NativeLibraryOptions.defaults(), "linux-aarch64", loader)),
					"""
							There is no native library for linux-aarch64 on the class path, only for linux-x86-64.

							Add the artifact with the native library for this platform, or set ferrule.native.path to \
							a library file.""");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24)
	void jdkWarns() throws IOException {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), SpringApplication.class.getName(),
				"--spring.main.sources=dev.ferrule.autoconfigure.FerruleAutoConfiguration",
				"--spring.main.web-application-type=none", "--ferrule.engine.validate-only=true")
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(output.replaceAll("\\(.*\\)", "(...)")).contains("""
				WARNING: A restricted method in java.lang.System has been called
				WARNING: java.lang.System::load has been called by com.sun.jna.Native in an unnamed module (...)
				WARNING: Use --enable-native-access=ALL-UNNAMED to avoid a warning for callers in this module
				WARNING: Restricted methods will be blocked in a future release unless native access is enabled
				""");
	}

	private static void assertMessage(NativeLibraryException failure, String page) {
		assertThat(failure.description() + "\n\n" + failure.action()).isEqualTo(page);
	}

	private static NativeLibraryException thrownBy(ThrowingCallable callable) {
		return catchThrowableOfType(NativeLibraryException.class, callable);
	}

}
