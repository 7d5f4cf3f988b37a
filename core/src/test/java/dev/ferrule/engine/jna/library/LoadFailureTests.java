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

import java.nio.file.Path;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoadFailureTests {

	private static final Path LIBRARY = Path.of("/nowhere/cache/libferrule.so");

	private static final String MOUNTS = """
			overlay / overlay rw,relatime 0 0
			proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0
			tmpfs /nowhere tmpfs rw,nosuid,nodev,noexec 0 0
			tmpfs /nowhere/cache\\040dir tmpfs rw 0 0
			/dev/sda1 /nowhere/exec ext4 rw 0 0
			short line
			""";

	@Test
	void olderCLibraryIsNamed() {
		assertThat(explain("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /x.so)"))
			.contains("needs GLIBC_2.38")
			.contains("newer system");
	}

	@Test
	void missingSymbolOfTheLibraryIsNamed() {
		assertThat(explain("Error looking up function 'ferrule_engine_submit': x.so: undefined symbol: y"))
			.contains("symbol ferrule_engine_submit is missing")
			.contains("same version");
		assertThat(explain("/x.so: undefined symbol: ZSTD_compress")).contains("symbol ZSTD_compress is missing");
	}

	@Test
	void missingDependencyIsNamed() {
		assertThat(explain("libz.so.1: cannot open shared object file: No such file or directory"))
			.contains("the system has no libz.so.1");
	}

	@Test
	void muslIsNamed() {
		String maps = "7f00-7f01 r-xp 00000000 00:1 1  /lib/ld-musl-x86_64.so.1\n";
		NativeLibraryException failure = LoadFailure.explain(LIBRARY, new UnsatisfiedLinkError("x"), maps, "");
		assertThat(failure).hasMessageContaining("uses musl").hasMessageContaining("Alpine");
		assertThat(failure.reason()).isEqualTo(Reason.UNLOADABLE);
	}

	@Test
	void noexecMountIsNamed() {
		NativeLibraryException failure = LoadFailure.explain(LIBRARY,
				new UnsatisfiedLinkError("failed to map segment from shared object"), "", MOUNTS);
		assertThat(failure).hasMessageContaining("/nowhere is mounted with noexec")
			.hasMessageContaining("ferrule.native.cache-directory");
	}

	@Test
	void innermostMountDecides() {
		assertThat(LoadFailure.noexecMount(Path.of("/nowhere/exec/a"), MOUNTS)).isNull();
		assertThat(LoadFailure.noexecMount(Path.of("/nowhere/cache dir/a"), MOUNTS)).isNull();
		assertThat(LoadFailure.noexecMount(Path.of("/nowhere/executable"), MOUNTS)).isEqualTo("/nowhere");
		assertThat(LoadFailure.noexecMount(Path.of("/elsewhere"), MOUNTS)).isNull();
	}

	@Test
	void brokenJnaIsNamed() {
		NativeLibraryException failure = LoadFailure.explain(LIBRARY,
				new NoClassDefFoundError("Could not initialize class com.sun.jna.Native"), "", "");
		assertThat(failure).hasMessageContaining("JNA").hasMessageContaining("jna.tmpdir");
	}

	@Test
	void directoryThatDoesNotLetJnaExecuteIsNamed() {
		assertThat(explain("/t/jna8111424642966228028.tmp: /t/jna8111424642966228028.tmp: failed to map segment from "
				+ "shared object"))
			.contains("JNA", "/t/jna8111424642966228028.tmp", "jna.tmpdir");
	}

	@Test
	void deniedNativeAccessIsNamed() {
		ExceptionInInitializerError error = new ExceptionInInitializerError(
				new IllegalCallerException("Illegal native access from an unnamed module"));
		assertThat(LoadFailure.explain(LIBRARY, error, "", "")).hasMessageContaining("deny native access")
			.hasMessageContaining("--enable-native-access=ALL-UNNAMED");
	}

	@Test
	void unknownTroubleShowsTheSystemsText() {
		assertThat(explain("something else")).contains("(something else)").contains("ferrule.native.path");
	}

	private static String explain(String text) {
		UnsatisfiedLinkError error = new UnsatisfiedLinkError(text);
		NativeLibraryException failure = LoadFailure.explain(LIBRARY, error, "", "");
		assertThat(failure.reason()).isEqualTo(Reason.UNLOADABLE);
		assertThat(failure).hasCause(error).hasMessageContaining(LIBRARY.toString());
		return failure.getMessage();
	}

}
