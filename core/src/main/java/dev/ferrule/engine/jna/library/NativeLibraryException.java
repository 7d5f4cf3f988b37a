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

import org.jspecify.annotations.Nullable;

/**
 * Failure to find, check or load the native library. The message says what is wrong,
 * {@link #action()} what to do about it.
 */
public class NativeLibraryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	private final String action;

	NativeLibraryException(Reason reason, String description, String action) {
		this(reason, description, action, null);
	}

	NativeLibraryException(Reason reason, String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Returns what is wrong, for programs.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Returns what is wrong, for people: the message without the action.
	 * @return sentences
	 */
	public String description() {
		String message = String.valueOf(getMessage());
		return message.substring(0, message.length() - this.action.length()).trim();
	}

	/**
	 * Returns what to do about it.
	 * @return sentences that name the properties to set
	 */
	public String action() {
		return this.action;
	}

	/**
	 * What is wrong with a library.
	 */
	public enum Reason {

		/** There is no library for this platform, or no file at the configured path. */
		MISSING,

		/** The file is no library, or one for another processor or operating system. */
		FOREIGN,

		/**
		 * The system does not load the library: no directory that allows it, another or
		 * too old C library, or a symbol is missing.
		 */
		UNLOADABLE,

		/** The library speaks another version of the native interface. */
		ABI_MISMATCH,

		/** Another library is loaded already, and a process can have only one. */
		ALREADY_LOADED_FROM_ELSEWHERE

	}

}
