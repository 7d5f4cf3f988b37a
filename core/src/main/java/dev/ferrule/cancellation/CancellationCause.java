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

package dev.ferrule.cancellation;

import org.jspecify.annotations.Nullable;

/**
 * Cause of a cancellation. The numbers are those of the native interface.
 */
public enum CancellationCause {

	/** The client that made the request left. */
	CLIENT(1),

	/** The application cancelled its future. */
	APPLICATION(2),

	/** The engine or the application is stopping. */
	SHUTDOWN(3),

	/** All other members of the batch that carried this call are gone. */
	BATCH_PEER(4),

	/** The downstream cancelled the export. */
	DOWNSTREAM(5),

	/**
	 * The deadline passed. Never crosses to the engine, which has the deadline itself.
	 */
	DEADLINE(0);

	private static final CancellationCause[] VALUES = values();

	private final int code;

	CancellationCause(int code) {
		this.code = code;
	}

	/**
	 * Returns the number that crosses to the engine.
	 * @return the number, 1 to 5; 0 for {@link #DEADLINE}, which does not cross
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Returns the cause with the given number.
	 * @param code number from the engine
	 * @return the cause, or {@code null} for 0 and for numbers of a newer engine
	 */
	public static @Nullable CancellationCause fromCode(int code) {
		if (code != 0) {
			for (CancellationCause cause : VALUES) {
				if (cause.code == code) {
					return cause;
				}
			}
		}
		return null;
	}

}
