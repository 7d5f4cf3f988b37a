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

package dev.ferrule.engine.jna.call;

import java.util.concurrent.atomic.AtomicReference;

import dev.ferrule.cancellation.CancellationCause;
import org.jspecify.annotations.Nullable;

/**
 * Gate that calls have to pass: open, paused or closed. A pause can end, closing is for
 * good.
 */
public final class CallGate {

	private final AtomicReference<@Nullable RefusalReason> refusal = new AtomicReference<>();

	private volatile boolean paused;

	private volatile @Nullable CancellationCause cancelAll;

	/**
	 * Returns why calls may not enter.
	 * @return the reason, or {@code null} while they may
	 */
	public @Nullable RefusalReason refusal() {
		RefusalReason reason = this.refusal.get();
		return (reason == null && this.paused) ? RefusalReason.STOPPING : reason;
	}

	/**
	 * Lets no call enter until the pause ends.
	 */
	public void pause() {
		this.paused = true;
	}

	/**
	 * Ends a pause, and with it the cancellation of everything. Leaves a closed door
	 * alone.
	 */
	public void resume() {
		if (this.refusal.get() == null) {
			this.cancelAll = null;
		}
		this.paused = false;
	}

	/**
	 * Closes the door for good.
	 * @param reason what those are told who come late
	 * @return whether it was not closed yet
	 */
	public boolean closeWith(RefusalReason reason) {
		return this.refusal.compareAndSet(null, reason);
	}

	/**
	 * Returns why everything is cancelled. Read after a call entered: whoever cancels all
	 * calls does not see those that are just entering.
	 * @return the cause, or {@code null}
	 */
	public @Nullable CancellationCause cancelAll() {
		return this.cancelAll;
	}

	public void cancelAll(CancellationCause cause) {
		this.cancelAll = cause;
	}

}
