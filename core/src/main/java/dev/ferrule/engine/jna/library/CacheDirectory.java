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
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Search for the directory of extracted libraries: one that others cannot write to,
 * because what lies there is executed, and from which the system loads code.
 */
final class CacheDirectory {

	private static final String ACTION = "Set ferrule.native.cache-directory to a directory that the user of this "
			+ "process owns, that others cannot write to and that allows execution; or set ferrule.native.path "
			+ "to an extracted library.";

	private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

	private CacheDirectory() {
	}

	/**
	 * Returns a usable directory and creates it if needed.
	 * @param configured configured directory, or {@code null} to look for one
	 * @return an existing directory
	 * @throws NativeLibraryException if there is none
	 */
	static Path resolve(@Nullable Path configured) {
		return (configured != null) ? firstUsable(List.of(configured.toAbsolutePath()), false)
				: firstUsable(candidates(System::getenv, System::getProperty), true);
	}

	/**
	 * Returns the directories to try where none is configured.
	 * @param environment environment variables
	 * @param properties system properties
	 * @return directories, best first
	 */
	static List<Path> candidates(UnaryOperator<@Nullable String> environment,
			UnaryOperator<@Nullable String> properties) {
		List<Path> candidates = new ArrayList<>();
		String cacheHome = environment.apply("XDG_CACHE_HOME");
		String home = properties.apply("user.home");
		// The XDG specification has relative paths ignored; a home of "?" is a user
		// without entry
		if (cacheHome != null && Path.of(cacheHome).isAbsolute()) {
			candidates.add(Path.of(cacheHome, "ferrule", "native"));
		}
		else if (home != null && Path.of(home).isAbsolute()) {
			candidates.add(Path.of(home, ".cache", "ferrule", "native"));
		}
		String temporary = properties.apply("java.io.tmpdir");
		if (temporary != null) {
			String user = String.valueOf(properties.apply("user.name")).replaceAll("[^A-Za-z0-9._-]", "_");
			candidates.add(Path.of(temporary, "ferrule-" + user).toAbsolutePath());
		}
		return candidates;
	}

	static Path firstUsable(List<Path> candidates, boolean exclusive) {
		List<String> problems = new ArrayList<>();
		for (Path candidate : candidates) {
			String problem = prepare(candidate, exclusive);
			if (problem == null) {
				return candidate;
			}
			problems.add(candidate + " " + problem);
		}
		throw new NativeLibraryException(Reason.UNLOADABLE,
				"There is no directory to extract the native library into: " + String.join("; ", problems) + ".",
				ACTION);
	}

	/**
	 * Makes a directory usable.
	 * @param directory absolute path
	 * @param exclusive whether the directory is ours alone, so that it may be closed to
	 * others
	 * @return what is wrong, or {@code null} if it is usable
	 */
	private static @Nullable String prepare(Path directory, boolean exclusive) {
		try {
			if (!Files.isDirectory(directory)) {
				Files.createDirectories(directory, ownerOnly());
			}
			String problem = POSIX ? access(directory, exclusive) : null;
			if (problem != null) {
				return problem;
			}
		}
		catch (IOException ex) {
			return "cannot be created (" + ex + ")";
		}
		if (!Files.isWritable(directory)) {
			return "is not writable";
		}
		String mount = LoadFailure.noexecMount(directory);
		return (mount != null) ? "lies on " + mount + ", which is mounted with noexec" : null;
	}

	private static @Nullable String access(Path directory, boolean exclusive) throws IOException {
		LinkOption[] links = exclusive ? new LinkOption[] { LinkOption.NOFOLLOW_LINKS } : new LinkOption[0];
		if (exclusive && !Files.readAttributes(directory, BasicFileAttributes.class, links).isDirectory()) {
			return "is a link";
		}
		int owner = (Integer) Files.getAttribute(directory, "unix:uid", links);
		Integer self = processOwner();
		if (self != null && owner != self && owner != 0) {
			return "belongs to another user";
		}
		Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory, links);
		if (exclusive && self != null && owner == self && !permissions.equals(OWNER_ONLY)) {
			Files.getFileAttributeView(directory, PosixFileAttributeView.class, links).setPermissions(OWNER_ONLY);
			return null;
		}
		return permissions.contains(PosixFilePermission.OTHERS_WRITE) ? "can be written to by everybody" : null;
	}

	/**
	 * Returns whether a file belongs to this process' user or to root.
	 * @param file file, links are not followed
	 * @return whether it may be trusted
	 * @throws IOException if the file's owner cannot be read
	 */
	static boolean isOwn(Path file) throws IOException {
		Integer self = POSIX ? processOwner() : null;
		if (self == null) {
			return true;
		}
		int owner = (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
		return owner == self || owner == 0;
	}

	/**
	 * Returns attributes that close a new file or directory to others.
	 * @return attributes, none where the system has no such permissions
	 */
	static FileAttribute<?>[] ownerOnly() {
		return POSIX ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) }
				: new FileAttribute<?>[0];
	}

	private static @Nullable Integer processOwner() throws IOException {
		Path self = Path.of("/proc/self");
		return Files.exists(self) ? (Integer) Files.getAttribute(self, "unix:uid") : null;
	}

}
