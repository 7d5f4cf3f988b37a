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
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Cache of libraries extracted from the class path: the file's name holds the hash of its
 * content, so each is extracted once. Processes that start at the same time do not
 * disturb each other, because a file appears under its name only when it is complete.
 */
final class LibraryCache {

	/** A resource beside the library that holds its hash, so that it need not be read. */
	static final String HASH_SUFFIX = ".sha256";

	private static final int HASH_LENGTH = 64;

	private LibraryCache() {
	}

	/**
	 * Returns the extracted library.
	 * @param library resource of the library
	 * @param hash resource of the library's hash, or {@code null} if there is none
	 * @param directory cache directory
	 * @return a file in the directory
	 * @throws NativeLibraryException if the library cannot be extracted
	 */
	static Path extract(URL library, @Nullable URL hash, Path directory) {
		try {
			String declared = (hash != null) ? readHash(hash) : null;
			String digest = (declared != null) ? declared : digest(library);
			Path target = directory.resolve(fileName(library, digest));
			if (!isComplete(target, library)) {
				write(library, digest, target);
			}
			return target;
		}
		catch (IOException ex) {
			throw new NativeLibraryException(Reason.UNLOADABLE,
					"The native library cannot be extracted into " + directory + ": " + ex + ".",
					"Free space there, or set ferrule.native.cache-directory to another directory.", ex);
		}
	}

	private static String fileName(URL library, String digest) {
		String name = library.getPath().substring(library.getPath().lastIndexOf('/') + 1);
		int dot = name.lastIndexOf('.');
		return name.substring(0, dot) + "-" + digest + name.substring(dot);
	}

	private static @Nullable String readHash(URL hash) throws IOException {
		try (InputStream in = open(hash).getInputStream()) {
			String text = new String(in.readNBytes(HASH_LENGTH), StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
			return text.matches("[0-9a-f]{64}") ? text : null;
		}
	}

	private static String digest(URL library) throws IOException {
		MessageDigest digest = sha256();
		try (InputStream in = new DigestInputStream(open(library).getInputStream(), digest)) {
			in.transferTo(OutputStream.nullOutputStream());
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static boolean isComplete(Path target, URL library) throws IOException {
		// Returns whether the file is there, is ours, and has the right size. Its content
		// is not read: nobody else can write to the directory
		if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		BasicFileAttributes attributes = Files.readAttributes(target, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return attributes.isRegularFile() && CacheDirectory.isOwn(target) && attributes.size() == size(library);
	}

	private static long size(URL library) throws IOException {
		URLConnection connection = open(library);
		// Closing the stream closes the jar file that the connection opened
		try (InputStream in = connection.getInputStream()) {
			long length = connection.getContentLengthLong();
			return (length >= 0) ? length : in.transferTo(OutputStream.nullOutputStream());
		}
	}

	private static void write(URL library, String digest, Path target) throws IOException {
		Path temporary = Files.createTempFile(target.getParent(), "ferrule-", ".tmp", CacheDirectory.ownerOnly());
		try {
			String written = copy(library, temporary);
			if (!written.equals(digest)) {
				throw new NativeLibraryException(Reason.FOREIGN, "The native library " + library
						+ " is damaged, its hash is " + written + " instead of " + digest + ".",
						"Get the artifact with the native library anew.");
			}
			move(temporary, target, library);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private static String copy(URL library, Path temporary) throws IOException {
		MessageDigest digest = sha256();
		try (InputStream in = new DigestInputStream(open(library).getInputStream(), digest);
				FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
			in.transferTo(Channels.newOutputStream(out));
			// Else a crash of the system could leave a file of the right size without
			// content
			out.force(true);
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static void move(Path temporary, Path target, URL library) throws IOException {
		try {
			Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (AtomicMoveNotSupportedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// Windows does not replace a file that another process has loaded meanwhile
			if (!isComplete(target, library)) {
				throw ex;
			}
		}
	}

	private static URLConnection open(URL resource) throws IOException {
		URLConnection connection = resource.openConnection();
		connection.setUseCaches(false);
		return connection;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JVM has SHA-256", ex);
		}
	}

}
