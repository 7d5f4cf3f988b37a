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

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Token by which the cancellation of a call is observed. Implementations are thread-safe.
 */
public interface CancellationToken {

	/**
	 * Returns whether the call was cancelled.
	 * @return whether the call was cancelled
	 */
	boolean isCancelled();

	/**
	 * Returns why the call was cancelled; the first cause wins and is kept.
	 * @return the cause, or {@code null} while the call is not cancelled
	 */
	@Nullable CancellationCause cause();

	/**
	 * Registers a listener, called at most once, on the thread that cancels, or at once
	 * on this thread if the call is cancelled already. Listeners must not block.
	 * @param listener receives the cause
	 * @return removes the listener when closed; closing twice is harmless
	 */
	Registration onCancel(Consumer<CancellationCause> listener);

	/**
	 * Returns a token that is never cancelled.
	 * @return the token
	 */
	static CancellationToken none() {
		return NeverCancelled.INSTANCE;
	}

	/**
	 * Removes a listener.
	 */
	interface Registration extends AutoCloseable {

		@Override
		void close();

	}

}
