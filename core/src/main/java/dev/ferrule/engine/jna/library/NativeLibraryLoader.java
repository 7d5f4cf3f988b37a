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

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.ferrule.Internal;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.engine.jna.abi.FrameLayout;
import dev.ferrule.engine.jna.abi.JnaNativeApi;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Loader of the native library: finds it, checks it and binds it.
 */
@Internal
public final class NativeLibraryLoader {

	private static final LoadedLibrary LOADED = new LoadedLibrary();

	private static final String NAME = "ferrule";

	private static final List<String> PLATFORMS = List.of("linux-x86-64", "linux-aarch64", "darwin-aarch64",
			"darwin-x86-64", "win32-x86-64", "win32-aarch64");

	private static final List<String> FILE_NAMES = List.of("lib" + NAME + ".so", "lib" + NAME + ".dylib",
			NAME + ".dll");

	/** Missing symbols show when the library is loaded, not in the middle of a call. */
	private static final int RTLD_NOW = 2;

	/** Threads of the engine must not lose their code, whatever JNA does. */
	private static final int LINUX_RTLD_NODELETE = 0x1000;

	private NativeLibraryLoader() {
	}

	/**
	 * Loads the library, or returns it if it is loaded.
	 * @param options where the library comes from
	 * @return the library's interface
	 * @throws NativeLibraryException if there is no usable library
	 */
	public static NativeApi load(NativeLibraryOptions options) {
		String platform = platform();
		Path library = locate(options, platform, NativeLibraryLoader.class.getClassLoader());
		LibraryHeader.check(library, platform);
		return LOADED.get(library, NativeLibraryLoader::open);
	}

	/**
	 * Returns the file of the library.
	 * @param options where the library comes from
	 * @param platform name of the platform
	 * @param classLoader has the library's resource
	 * @return an existing file
	 */
	static Path locate(NativeLibraryOptions options, String platform, ClassLoader classLoader) {
		Path path = options.path();
		if (path != null) {
			if (!Files.isRegularFile(path)) {
				throw new NativeLibraryException(Reason.MISSING,
						"There is no native library file " + path.toAbsolutePath() + ".",
						"Set ferrule.native.path to the library file itself, or remove it to use the library "
								+ "from the class path.");
			}
			return path;
		}
		String name = System.mapLibraryName(NAME);
		URL resource = classLoader.getResource(platform + "/" + name);
		if (resource == null) {
			throw missing(platform, classLoader);
		}
		URL hash = classLoader.getResource(platform + "/" + name + LibraryCache.HASH_SUFFIX);
		return LibraryCache.extract(resource, hash, CacheDirectory.resolve(options.cacheDirectory()));
	}

	private static NativeLibraryException missing(String platform, ClassLoader classLoader) {
		List<String> present = PLATFORMS.stream()
			.filter((candidate) -> FILE_NAMES.stream()
				.anyMatch((name) -> classLoader.getResource(candidate + "/" + name) != null))
			.toList();
		return new NativeLibraryException(Reason.MISSING,
				"There is no native library for " + platform + " on the class path, "
						+ (present.isEmpty() ? "nor for any other platform" : "only for " + String.join(", ", present))
						+ ".",
				"Add the artifact with the native library for this platform, "
						+ "or set ferrule.native.path to a library file.");
	}

	private static NativeApi open(Path library) {
		NativeApi api;
		try {
			api = CompletableFuture.supplyAsync(() -> bind(library), NativeLibraryLoader::onOwnThread).join();
		}
		catch (CompletionException ex) {
			throw LoadFailure.explain(library, (ex.getCause() != null) ? ex.getCause() : ex);
		}
		checkVersion(library, api);
		return api;
	}

	// JNA leaves thread-locals behind and starts threads that inherit the context class
	// loader. Both would keep the class loader of a web application
	private static void onOwnThread(Runnable task) {
		Thread thread = EngineThreadFactory.create("ferrule-load", task);
		thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
		thread.start();
	}

	private static NativeApi bind(Path library) {
		// Another class loader may share JNA, and so the library that is closed below
		synchronized (NativeLibrary.class) {
			return bindAlone(library);
		}
	}

	private static NativeApi bindAlone(Path library) {
		Integer flags = openFlags();
		if (flags == null) {
			return JnaNativeApi.bind(NativeLibrary.getInstance(library.toString()));
		}
		NativeLibrary opened = NativeLibrary.getInstance(library.toString(), Map.of(Library.OPTION_OPEN_FLAGS, flags));
		NativeApi api = JnaNativeApi.bind(opened);
		// The library stays. While it is open a thread of JNA waits for its end, and so
		// keeps JNA's class loader
		opened.close();
		return api;
	}

	/**
	 * Checks the version of the interface.
	 * @param library library file
	 * @param api the library's interface
	 */
	static void checkVersion(Path library, NativeApi api) {
		int version = api.abiVersion();
		if (version != FrameLayout.ABI_VERSION) {
			throw new NativeLibraryException(Reason.ABI_MISMATCH,
					"The native library " + library + " has version " + version
							+ " of the native interface, this starter needs version " + FrameLayout.ABI_VERSION + ".",
					"Use starter and native library of the same version: remove ferrule.native.path, "
							+ "or set it to a library of the starter's version.");
		}
	}

	private static @Nullable Integer openFlags() {
		// Symbols stay private to the library, as its copies of C libraries must not get
		// mixed up with those of others
		return Platform.isLinux() ? RTLD_NOW | LINUX_RTLD_NODELETE : null;
	}

	private static String platform() {
		try {
			return Platform.RESOURCE_PREFIX;
		}
		catch (LinkageError ex) {
			throw LoadFailure.explain(Path.of(NAME), ex);
		}
	}

}
