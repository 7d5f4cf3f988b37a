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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Diagnosis of why the system did not load a library.
 */
final class LoadFailure {

	private static final Path MAPS = Path.of("/proc/self/maps");

	private static final Path MOUNTS = Path.of("/proc/self/mounts");

	private static final Pattern GLIBC_VERSION = Pattern.compile("version .?(GLIBC(?:XX)?_[0-9.]+).? not found");

	private static final Pattern MISSING_LIBRARY = Pattern
		.compile("(?:^|[\\s:])([^\\s:]+\\.so[0-9.]*): cannot open shared object file");

	private static final Pattern MISSING_SYMBOL = Pattern
		.compile("(?:undefined symbol: |looking up function ')([A-Za-z0-9_@.]+)");

	/** JNA's own library, as the jar has it and as JNA extracts it. */
	private static final Pattern JNA_LIBRARY = Pattern.compile("jnidispatch|[/\\\\]jna-?\\d+\\.tmp");

	private LoadFailure() {
	}

	/**
	 * Explains why a library was not loaded.
	 * @param library file of the library
	 * @param error what loading it ended with
	 * @return the exception to throw
	 */
	static NativeLibraryException explain(Path library, Throwable error) {
		return explain(library, error, read(MAPS), read(MOUNTS));
	}

	static NativeLibraryException explain(Path library, Throwable error, String maps, String mounts) {
		Throwable root = error;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		String text = String.valueOf(root.getMessage());
		if (root instanceof IllegalCallerException) {
			return unloadable(library, "because this JVM was told to deny native access",
					"Start Java with --enable-native-access=ALL-UNNAMED, or put \"Enable-Native-Access: ALL-UNNAMED\" "
							+ "into the manifest of the executable jar.",
					error);
		}
		String mount = noexecMount(library, mounts);
		if (mount != null) {
			return unloadable(library, "because " + mount + " is mounted with noexec",
					"Set ferrule.native.cache-directory to a directory that allows execution, "
							+ "or ferrule.native.path to a library in one.",
					error);
		}
		if (maps.contains("/ld-musl-") || maps.contains("/libc.musl-")) {
			return unloadable(library, "because this system uses musl and the library needs glibc",
					"Run on a system with glibc, such as a Debian or Red Hat based image instead of Alpine, "
							+ "or set ferrule.native.path to a library built for musl.",
					error);
		}
		Matcher glibc = GLIBC_VERSION.matcher(text);
		if (glibc.find()) {
			return unloadable(library, "because it needs " + glibc.group(1) + " and this system's C library is older",
					"Run on a newer system, or set ferrule.native.path to a library built on this one.", error);
		}
		Matcher missing = MISSING_LIBRARY.matcher(text);
		if (missing.find() && !missing.group(1).endsWith(String.valueOf(library.getFileName()))) {
			return unloadable(library, "because the system has no " + missing.group(1),
					"Install the package that has it, or set ferrule.native.path to another library.", error);
		}
		Matcher symbol = MISSING_SYMBOL.matcher(text);
		if (symbol.find()) {
			return unloadable(library, "because the symbol " + symbol.group(1) + " is missing",
					"Use the library that belongs to this version of the starter: remove ferrule.native.path, "
							+ "or set it to a library of the same version.",
					error);
		}
		if (error instanceof NoClassDefFoundError || JNA_LIBRARY.matcher(text).find()) {
			return unloadable(library, "because JNA, which loads it, could not load its own native part (" + text + ")",
					"Set the system property jna.tmpdir to a writable directory that allows execution.", error);
		}
		return unloadable(library, "(" + text + ")", "See the cause, or set ferrule.native.path to another library.",
				error);
	}

	private static NativeLibraryException unloadable(Path library, String why, String action, Throwable error) {
		return new NativeLibraryException(Reason.UNLOADABLE,
				"The native library " + library + " cannot be loaded " + why + ".", action, error);
	}

	/**
	 * Returns the mount that keeps code below a path from being executed.
	 * @param path absolute path
	 * @return mount point, or {@code null} if there is none
	 */
	static @Nullable String noexecMount(Path path) {
		return noexecMount(path, read(MOUNTS));
	}

	static @Nullable String noexecMount(Path path, String mounts) {
		Path absolute = realPath(path);
		Path longest = null;
		boolean noexec = false;
		for (String line : mounts.split("\n")) {
			String[] fields = line.split(" ");
			if (fields.length < 4) {
				continue;
			}
			Path mount = Path.of(fields[1].replace("\\040", " "));
			if (absolute.startsWith(mount) && (longest == null || mount.getNameCount() >= longest.getNameCount())) {
				longest = mount;
				noexec = List.of(fields[3].split(",")).contains("noexec");
			}
		}
		return noexec ? String.valueOf(longest) : null;
	}

	private static Path realPath(Path path) {
		try {
			return path.toRealPath();
		}
		catch (IOException ex) {
			return path.toAbsolutePath().normalize();
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return "";
		}
	}

}
