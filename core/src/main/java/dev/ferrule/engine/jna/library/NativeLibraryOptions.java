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

import org.jspecify.annotations.Nullable;

/**
 * Options that say where the native library comes from.
 *
 * @param path library file to load as it is, or {@code null} to take the library from the
 * class path
 * @param cacheDirectory directory into which a library from the class path is extracted,
 * or {@code null} for the user's cache directory
 */
public record NativeLibraryOptions(@Nullable Path path, @Nullable Path cacheDirectory) {

	/**
	 * Returns options for the library from the class path and the user's cache directory.
	 * @return the options
	 */
	public static NativeLibraryOptions defaults() {
		return new NativeLibraryOptions(null, null);
	}

}
