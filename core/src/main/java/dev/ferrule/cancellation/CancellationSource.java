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

import java.util.Objects;

import dev.ferrule.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Source of the cancellation of one call: whoever holds it can cancel. Thread-safe;
 * cancelling twice is harmless. Whoever only has the {@link #token() token} can observe
 * the call but not cancel it.
 */
public final class CancellationSource {

	private final SourceToken token = new SourceToken();

	/**
	 * Returns the token that observes this source.
	 * @return the token, always the same
	 */
	public CancellationToken token() {
		return this.token;
	}

	/**
	 * Cancels the call and calls the listeners, on this thread and in the order of their
	 * registration. A listener that throws is logged and does not stop the others. The
	 * first cause wins; later causes are dropped.
	 * @param cause why the call ends
	 * @return whether this invocation cancelled the call
	 */
	public boolean cancel(CancellationCause cause) {
		Objects.requireNonNull(cause, "'cause' must not be null");
		return this.token.cancel(cause);
	}

	/**
	 * Sets what is called whenever a listener was registered, on the thread that
	 * registers it, and at once if there are listeners already. For those who find out
	 * about a cancellation only at some expense; there is one place.
	 * @param observed called; must not throw; {@code null} for nothing any more
	 */
	@Internal
	public void onObserved(@Nullable Runnable observed) {
		this.token.onObserved(observed);
	}

	@Override
	public String toString() {
		return "CancellationSource[" + this.token + "]";
	}

}
