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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LibraryHeaderTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "62, 2, 1, linux-x86-64", "183, 2, 1, linux-aarch64", "40, 1, 1, linux-arm", "3, 1, 1, linux-x86",
			"243, 2, 1, linux-riscv64", "22, 2, 2, linux-s390x", "21, 2, 1, linux-ppc64le" })
	void elfOfThePlatformFits(int machine, int wordClass, int order, String platform) {
		assertThat(LibraryHeader.problem(elf(machine, wordClass, order), platform)).isNull();
		assertThat(LibraryHeader.problem(elf(machine, wordClass, order), "linux-mips")).contains(platform);
	}

	@ParameterizedTest
	@CsvSource({ "183, 2, 1, linux-aarch64", "3, 1, 1, linux-x86", "62, 1, 1, linux-x32", "183, 2, 2, linux-aarch64-be",
			"9999, 2, 1, linux-processor 9999" })
	void elfOfAnotherMachineIsForeign(int machine, int wordClass, int order, String builtFor) {
		assertThat(LibraryHeader.problem(elf(machine, wordClass, order), "linux-x86-64"))
			.isEqualTo("is built for " + builtFor);
	}

	@Test
	void librariesOfOtherSystemsAreForeign() {
		assertThat(LibraryHeader.problem(magic(0xCFFAEDFE), "linux-x86-64")).isEqualTo("is built for darwin");
		assertThat(LibraryHeader.problem(magic(0x4D5A9000), "linux-x86-64")).isEqualTo("is built for win32");
		assertThat(LibraryHeader.problem(magic(0xCFFAEDFE), "darwin-aarch64")).isNull();
		assertThat(LibraryHeader.problem(magic(0xCAFEBABE), "darwin-x86-64")).isNull();
		assertThat(LibraryHeader.problem(magic(0x4D5A9000), "win32-x86-64")).isNull();
		assertThat(LibraryHeader.problem(elf(62, 2, 1), "darwin-x86-64")).isEqualTo("is built for linux-x86-64");
	}

	@Test
	void textFileIsNoLibrary() throws IOException {
		Path file = Files.writeString(this.directory.resolve("libferrule.so"), "version https://example.org/spec/v1\n");
		assertThatExceptionOfType(NativeLibraryException.class)
			.isThrownBy(() -> LibraryHeader.check(file, "linux-x86-64"))
			.withMessageContaining(file + " is not a library")
			.withMessageContaining("ferrule.native.path")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FOREIGN));
	}

	@Test
	void emptyFileIsNoLibrary() throws IOException {
		Path file = Files.createFile(this.directory.resolve("libferrule.so"));
		assertThatExceptionOfType(NativeLibraryException.class)
			.isThrownBy(() -> LibraryHeader.check(file, "linux-x86-64"))
			.withMessageContaining("is not a library");
	}

	@Test
	void wrongMachineNamesBothPlatforms() throws IOException {
		Path file = Files.write(this.directory.resolve("libferrule.so"), elf(183, 2, 1));
		assertThatExceptionOfType(NativeLibraryException.class)
			.isThrownBy(() -> LibraryHeader.check(file, "linux-x86-64"))
			.withMessageContaining("is built for linux-aarch64")
			.withMessageContaining("runs on linux-x86-64")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FOREIGN))
			.satisfies((ex) -> assertThat(ex.getMessage()).isEqualTo(ex.description() + " " + ex.action()));
	}

	static byte[] elf(int machine, int wordClass, int order) {
		ByteBuffer header = ByteBuffer.allocate(64);
		header.putInt(0, 0x7F454C46).put(4, (byte) wordClass).put(5, (byte) order);
		header.order((order == 1) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).putShort(18, (short) machine);
		return header.array();
	}

	private static byte[] magic(int magic) {
		return ByteBuffer.allocate(64).putInt(0, magic).array();
	}

}
