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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

@DisabledOnOs(OS.WINDOWS)
class CacheDirectoryTests {

	@TempDir
	private Path directory;

	@Test
	void xdgCacheHomeComesFirstAndTemporaryDirectoryLast() {
		assertThat(candidates(Map.of("XDG_CACHE_HOME", "/xdg"),
				Map.of("user.home", "/home/ann", "java.io.tmpdir", "/tmp", "user.name", "ann")))
			.containsExactly(Path.of("/xdg/ferrule/native"), Path.of("/tmp/ferrule-ann"));
	}

	@Test
	void homeIsUsedWithoutOrWithRelativeXdgCacheHome() {
		Map<String, String> properties = Map.of("user.home", "/home/ann", "java.io.tmpdir", "/tmp", "user.name", "ann");
		List<Path> expected = List.of(Path.of("/home/ann/.cache/ferrule/native"), Path.of("/tmp/ferrule-ann"));
		assertThat(candidates(Map.of(), properties)).isEqualTo(expected);
		assertThat(candidates(Map.of("XDG_CACHE_HOME", "cache"), properties)).isEqualTo(expected);
	}

	@Test
	void userWithoutEntryHasOnlyTheTemporaryDirectory() {
		assertThat(candidates(Map.of(), Map.of("user.home", "?", "java.io.tmpdir", "/tmp", "user.name", "?/../x")))
			.containsExactly(Path.of("/tmp/ferrule-__.._x"));
	}

	@Test
	void firstUsableDirectoryIsTaken() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		Path usable = this.directory.resolve("usable");
		assertThat(CacheDirectory.firstUsable(List.of(file.resolve("below"), usable), true)).isEqualTo(usable);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(usable))).isEqualTo("rwx------");
	}

	@Test
	void ownDirectoryIsClosedToOthers() throws IOException {
		Path open = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		CacheDirectory.firstUsable(List.of(open), true);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open))).isEqualTo("rwx------");
	}

	@Test
	void configuredDirectoryKeepsItsPermissions() throws IOException {
		Path shared = Files.createDirectory(this.directory.resolve("shared"));
		Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwx---"));
		assertThat(CacheDirectory.resolve(shared)).isEqualTo(shared);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared))).isEqualTo("rwxrwx---");
	}

	@Test
	void configuredDirectoryThatEverybodyWritesToIsRefused() throws IOException {
		Path open = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		NativeLibraryLoaderTests.assertThatFails(Reason.UNLOADABLE, () -> CacheDirectory.resolve(open),
				open + " can be written to by everybody", "ferrule.native.cache-directory");
	}

	@Test
	void configuredDirectoryThatCannotBeCreatedIsNamed() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		NativeLibraryLoaderTests.assertThatFails(Reason.UNLOADABLE, () -> CacheDirectory.resolve(file.resolve("below")),
				file + "/below cannot be created", "ferrule.native.cache-directory", "ferrule.native.path");
	}

	@Test
	void directoryThatIsNotWritableIsNamed() throws IOException {
		Path closed = Files.createDirectory(this.directory.resolve("closed"));
		Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
		assumeFalse(Files.isWritable(closed), "root may write everywhere");
		NativeLibraryLoaderTests.assertThatFails(Reason.UNLOADABLE, () -> CacheDirectory.resolve(closed),
				closed + " is not writable", "ferrule.native.cache-directory");
	}

	@Test
	void linkInPlaceOfOurDirectoryIsNotFollowed() throws IOException {
		Path target = Files.createDirectory(this.directory.resolve("target"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), target);
		NativeLibraryLoaderTests.assertThatFails(Reason.UNLOADABLE,
				() -> CacheDirectory.firstUsable(List.of(link), true), link + " is a link");
		assertThat(CacheDirectory.firstUsable(List.of(link), false)).isEqualTo(link);
	}

	private static List<Path> candidates(Map<String, String> environment, Map<String, String> properties) {
		return CacheDirectory.candidates(environment::get, properties::get);
	}

}
