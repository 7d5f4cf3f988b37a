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
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.function.Function;

import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.library.NativeLibraryException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Holder of the one library of a class loader. The functions are bound to a class, so a
 * second library cannot be loaded; the same one is shared.
 */
final class LoadedLibrary {

	private @Nullable Path path;

	/** Weak, so that the interface ends with the engines that use it. */
	private WeakReference<NativeApi> api = new WeakReference<>(null);

	/**
	 * Returns the library and loads it if it is the first.
	 * @param library library file
	 * @param loader loads the library
	 * @return the library
	 * @throws NativeLibraryException if another library is loaded already
	 */
	synchronized NativeApi get(Path library, Function<Path, NativeApi> loader) {
		Path real = realPath(library);
		Path loaded = this.path;
		if (loaded != null && !real.equals(loaded)) {
			throw new NativeLibraryException(Reason.ALREADY_LOADED_FROM_ELSEWHERE,
					"The native library " + real + " cannot be loaded because this application has already loaded "
							+ loaded + ".",
					"Use one library in all places: the same ferrule.native.path and the same "
							+ "ferrule.native.cache-directory.");
		}
		NativeApi api = this.api.get();
		if (api == null) {
			api = loader.apply(real);
			this.api = new WeakReference<>(api);
			this.path = real;
		}
		return api;
	}

	private static Path realPath(Path library) {
		try {
			return library.toRealPath();
		}
		catch (IOException ex) {
			return library.toAbsolutePath().normalize();
		}
	}

}
