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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Header of a library file, read because the system's own message about a file of another
 * platform is hard to understand, or names no file at all.
 */
final class LibraryHeader {

	private static final int LENGTH = 20;

	private static final int ELF = 0x7F454C46;

	private static final int ELF_CLASS_OFFSET = 4;

	private static final int ELF_DATA_OFFSET = 5;

	private static final int ELF_MACHINE_OFFSET = 18;

	private static final int ELF_64 = 2;

	private static final int ELF_LITTLE_ENDIAN = 1;

	private static final int MACH_O_64 = 0xCFFAEDFE;

	private static final int MACH_O_UNIVERSAL = 0xCAFEBABE;

	private static final int MZ = 0x4D5A;

	private LibraryHeader() {
	}

	/**
	 * Checks that a file is a library for a platform.
	 * @param file file to look at
	 * @param platform name of the platform as JNA says it, such as {@code linux-x86-64}
	 * @throws NativeLibraryException if it is not
	 */
	static void check(Path file, String platform) {
		String problem = problem(read(file), platform);
		if (problem != null) {
			throw new NativeLibraryException(Reason.FOREIGN,
					"The native library " + file + " " + problem + ", but this JVM runs on " + platform + ".",
					"Use a library for " + platform + ": set ferrule.native.path to it, or have the artifact with "
							+ "the native library for this platform on the class path.");
		}
	}

	private static byte[] read(Path file) {
		try (InputStream in = Files.newInputStream(file)) {
			return in.readNBytes(LENGTH);
		}
		catch (IOException ex) {
			throw new NativeLibraryException(Reason.UNLOADABLE,
					"The native library " + file + " cannot be read: " + ex + ".",
					"Let the user of this process read the file, or set ferrule.native.path to another one.", ex);
		}
	}

	/**
	 * Returns what is wrong with a library.
	 * @param header first bytes of the file
	 * @param platform name of the platform
	 * @return predicate of a sentence, or {@code null} if nothing is wrong
	 */
	static @Nullable String problem(byte[] header, String platform) {
		String builtFor = (header.length < LENGTH) ? null : platform(ByteBuffer.wrap(header));
		if (builtFor == null) {
			return "is not a library";
		}
		boolean universal = builtFor.equals("darwin") || builtFor.equals("win32");
		boolean fits = universal ? platform.startsWith(builtFor + "-") : platform.equals(builtFor);
		return fits ? null : "is built for " + builtFor;
	}

	private static @Nullable String platform(ByteBuffer header) {
		int magic = header.getInt(0);
		if (magic == ELF) {
			return "linux-" + elfProcessor(header);
		}
		if (magic == MACH_O_64 || magic == MACH_O_UNIVERSAL) {
			return "darwin";
		}
		return (magic >>> 16 == MZ) ? "win32" : null;
	}

	private static String elfProcessor(ByteBuffer header) {
		boolean littleEndian = header.get(ELF_DATA_OFFSET) == ELF_LITTLE_ENDIAN;
		boolean wide = header.get(ELF_CLASS_OFFSET) == ELF_64;
		header.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
		int machine = Short.toUnsignedInt(header.getShort(ELF_MACHINE_OFFSET));
		return switch (machine) {
			case 3 -> "x86";
			case 40 -> "arm";
			case 62 -> wide ? "x86-64" : "x32";
			case 183 -> littleEndian ? "aarch64" : "aarch64-be";
			case 243 -> wide ? "riscv64" : "riscv32";
			case 258 -> "loongarch64";
			case 21 -> littleEndian ? "ppc64le" : "ppc64";
			case 22 -> "s390x";
			default -> "processor " + machine;
		};
	}

}
