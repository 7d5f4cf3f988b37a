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
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NativeLibraryLoaderTests {

	private static final String PLATFORM = "linux-x86-64";

	private static final String NAME = System.mapLibraryName("ferrule");

	/** SHA-256 of "library". */
	private static final String HASH = "b718f1354f7247312eca086d9a024afe5fa717ddea5adeddd6f12bcf945b2e8c";

	@TempDir
	private Path directory;

	private Path classPath;

	private Path cache;

	@BeforeEach
	void createDirectories() throws IOException {
		this.classPath = Files.createDirectories(this.directory.resolve("classes"));
		this.cache = this.directory.resolve("cache");
	}

	@Test
	void missingFileAtTheConfiguredPathIsNamed() {
		Path file = this.directory.resolve("nothing.so");
		assertThatFails(Reason.MISSING, () -> NativeLibraryLoader.load(new NativeLibraryOptions(file, null)),
				file.toString(), "ferrule.native.path");
		assertThatFails(Reason.MISSING, () -> NativeLibraryLoader.load(new NativeLibraryOptions(this.directory, null)),
				"no native library file", "the library file itself");
	}

	@Test
	void textFileAtTheConfiguredPathIsForeign() throws IOException {
		Path file = Files.writeString(this.directory.resolve("libferrule.so"), "a text that is no library");
		assertThatFails(Reason.FOREIGN, () -> NativeLibraryLoader.load(new NativeLibraryOptions(file, null)),
				file.toString(), "is not a library");
	}

	@Test
	void configuredPathIsUsedAsItIs() throws IOException {
		Path file = Files.writeString(this.directory.resolve("any.name"), "x");
		assertThat(NativeLibraryLoader.locate(new NativeLibraryOptions(file, this.cache), PLATFORM, classLoader()))
			.isEqualTo(file);
		assertThat(this.cache).doesNotExist();
	}

	@Test
	void missingResourceNamesThePlatformAndThosePresent() throws IOException {
		resource("linux-aarch64/libferrule.so", "x");
		resource("win32-x86-64/ferrule.dll", "x");
		assertThatFails(Reason.MISSING, this::locate, PLATFORM, "only for linux-aarch64, win32-x86-64");
	}

	@Test
	void missingResourceOfAllPlatformsSaysSo() {
		assertThatFails(Reason.MISSING, this::locate, PLATFORM, "nor for any other platform", "ferrule.native.path");
	}

	@Test
	void resourceIsExtractedUnderTheNameOfItsHash() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		Path file = locate();
		assertThat(file).hasContent("library").hasParent(this.cache);
		assertThat(file.getFileName()).hasToString(NAME.replace("ferrule", "ferrule-" + HASH));
		assertThat(files()).hasSize(1);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whatIsExtractedIsTheOwnersAlone() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		Path file = locate();
		assertThat(permissions(file)).isEqualTo("rwx------");
		assertThat(permissions(this.cache)).isEqualTo("rwx------");
	}

	@Test
	void extractedFileIsUsedAgain() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		Path file = locate();
		Files.writeString(file, "LIBRARY");
		assertThat(locate()).hasContent("LIBRARY");
	}

	@Test
	void fileOfAnotherSizeIsReplaced() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		Path file = locate();
		Files.writeString(file, "lib");
		assertThat(locate()).isEqualTo(file).hasContent("library");
	}

	@Test
	void linkInTheCacheIsReplaced() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		Path file = locate();
		Files.delete(file);
		Path foreign = Files.writeString(this.directory.resolve("foreign"), "1234567");
		Files.createSymbolicLink(file, foreign);
		assertThat(locate()).isRegularFile().hasContent("library");
		assertThat(Files.isSymbolicLink(file)).isFalse();
		assertThat(foreign).hasContent("1234567");
	}

	@Test
	void hashBesideTheLibrarySparesReadingIt() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		resource(PLATFORM + "/" + NAME + ".sha256", HASH + "  libferrule.so\n");
		assertThat(locate().getFileName().toString()).contains(HASH);
		resource(PLATFORM + "/" + NAME, "changed");
		assertThat(locate()).hasContent("library");
	}

	@Test
	void libraryThatDoesNotMatchItsHashIsNotUsed() throws IOException {
		resource(PLATFORM + "/" + NAME, "damaged");
		resource(PLATFORM + "/" + NAME + ".sha256", HASH);
		assertThatFails(Reason.FOREIGN, this::locate, "damaged", HASH);
		assertThat(files()).isEmpty();
	}

	@Test
	void unreadableHashIsIgnored() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		resource(PLATFORM + "/" + NAME + ".sha256", "../../evil");
		assertThat(locate().getFileName().toString()).contains(HASH);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void directoryThatTakesNoFilesIsNamed() throws IOException {
		resource(PLATFORM + "/" + NAME, "library");
		this.cache = Path.of("/proc/self/task");
		assertThatFails(Reason.UNLOADABLE, this::locate, "/proc/self/task", "ferrule.native.cache-directory");
	}

	@Test
	void resourceInAJarIsExtracted() throws IOException {
		Path jar = this.directory.resolve("native.jar");
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
			out.putNextEntry(new JarEntry(PLATFORM + "/" + NAME));
			out.write("library".getBytes(StandardCharsets.UTF_8));
		}
		try (URLClassLoader loader = new URLClassLoader(new URL[] { jar.toUri().toURL() }, null)) {
			NativeLibraryOptions options = new NativeLibraryOptions(null, this.cache);
			Path file = NativeLibraryLoader.locate(options, PLATFORM, loader);
			assertThat(file).hasContent("library");
			assertThat(NativeLibraryLoader.locate(options, PLATFORM, loader)).isEqualTo(file);
		}
	}

	/**
	 * Scenario: threads extract the same library into an empty directory, as processes do
	 * that start together. Guarantees: all get the complete file, nothing else is left.
	 */
	@Test
	void concurrentExtractionGivesOneCompleteFile() throws Exception {
		String content = "0123456789".repeat(300_000);
		resource(PLATFORM + "/" + NAME, content);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		Callable<Long> extract = () -> Files.size(locate());
		for (Future<Long> size : threads.invokeAll(Collections.nCopies(16, extract))) {
			assertThat(size.get()).isEqualTo(content.length());
		}
		threads.shutdown();
		assertThat(files()).hasSize(1);
	}

	@Test
	void anotherLibraryIsRefusedAndTheSameOneIsShared() throws IOException {
		Path first = Files.writeString(this.directory.resolve("first.so"), "1");
		Path second = Files.writeString(this.directory.resolve("second.so"), "2");
		Path link = Files.createSymbolicLink(this.directory.resolve("link.so"), first);
		LoadedLibrary loaded = new LoadedLibrary();
		NativeApi api = loaded.get(first, (path) -> new FakeNativeApi());
		assertThat(loaded.get(link, (path) -> new FakeNativeApi())).isSameAs(api);
		assertThatFails(Reason.ALREADY_LOADED_FROM_ELSEWHERE, () -> loaded.get(second, (path) -> new FakeNativeApi()),
				second.toString(), "already loaded " + first);
	}

	@Test
	void libraryThatFailedToLoadDoesNotBlockAnother() throws IOException {
		Path first = Files.writeString(this.directory.resolve("first.so"), "1");
		Path second = Files.writeString(this.directory.resolve("second.so"), "2");
		LoadedLibrary loaded = new LoadedLibrary();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> loaded.get(first, (path) -> {
			throw new IllegalStateException();
		}));
		assertThat(loaded.get(second, (path) -> new FakeNativeApi())).isNotNull();
	}

	@Test
	void libraryOfAnotherVersionIsRefused() {
		FakeNativeApi api = new FakeNativeApi();
		NativeLibraryLoader.checkVersion(this.directory, api);
		api.abiVersion = 2;
		assertThatFails(Reason.ABI_MISMATCH, () -> NativeLibraryLoader.checkVersion(this.directory, api), "version 2",
				"needs version 1");
	}

	static void assertThatFails(Reason reason, ThrowingCallable callable, String... texts) {
		assertThatExceptionOfType(NativeLibraryException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(texts));
	}

	private Path locate() {
		try (URLClassLoader loader = classLoader()) {
			return NativeLibraryLoader.locate(new NativeLibraryOptions(null, this.cache), PLATFORM, loader);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private URLClassLoader classLoader() throws MalformedURLException {
		return new URLClassLoader(new URL[] { this.classPath.toUri().toURL() }, null);
	}

	private void resource(String name, String content) throws IOException {
		Path file = this.classPath.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.cache)) {
			return files.map(Path::toString).toList();
		}
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
