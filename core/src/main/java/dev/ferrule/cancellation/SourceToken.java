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
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The token of a {@link CancellationSource}.
 * <p>
 * Listeners form a doubly linked list whose nodes are the registrations themselves: a
 * registration costs one object, and removing it costs the same however many calls share
 * the token. The monitor guards the list and is held for a few field accesses only;
 * listeners run outside of it.
 */
final class SourceToken implements CancellationToken {

	private static final Registration NOTHING_TO_REMOVE = () -> {
	};

	/**
	 * Written once, under the monitor. Nothing is added to the list afterwards.
	 */
	private volatile @Nullable CancellationCause cause;

	private volatile @Nullable Runnable observed;

	private @Nullable ListenerRegistration first;

	private @Nullable ListenerRegistration last;

	@Override
	public boolean isCancelled() {
		return this.cause != null;
	}

	@Override
	public @Nullable CancellationCause cause() {
		return this.cause;
	}

	@Override
	public Registration onCancel(Consumer<CancellationCause> listener) {
		Objects.requireNonNull(listener, "'listener' must not be null");
		CancellationCause present = this.cause;
		if (present == null) {
			ListenerRegistration registration = new ListenerRegistration(this, listener);
			present = append(registration);
			if (present == null) {
				Runnable observed = this.observed;
				if (observed != null) {
					observed.run();
				}
				return registration;
			}
		}
		ListenerRegistration.call(listener, present);
		return NOTHING_TO_REMOVE;
	}

	void onObserved(@Nullable Runnable observed) {
		this.observed = observed;
		if (observed != null && listenerCount() > 0) {
			observed.run();
		}
	}

	boolean cancel(CancellationCause cause) {
		ListenerRegistration next;
		synchronized (this) {
			if (this.cause != null) {
				return false;
			}
			this.cause = cause;
			next = this.first;
			this.first = null;
			this.last = null;
		}
		// The list is detached: links are not written any more, see remove
		while (next != null) {
			ListenerRegistration registration = next;
			next = registration.next;
			registration.next = null;
			registration.previous = null;
			registration.fire(cause);
		}
		return true;
	}

	/**
	 * Adds a registration unless the call is cancelled.
	 * @param registration goes to the end of the list
	 * @return the cause if the call is cancelled already
	 */
	private synchronized @Nullable CancellationCause append(ListenerRegistration registration) {
		if (this.cause == null) {
			ListenerRegistration tail = this.last;
			registration.previous = tail;
			if (tail != null) {
				tail.next = registration;
			}
			else {
				this.first = registration;
			}
			this.last = registration;
		}
		return this.cause;
	}

	/**
	 * Removes a registration. Called once per registration, by the thread that took its
	 * listener before anyone else did.
	 * @param registration in the list, unless the call was cancelled
	 */
	synchronized void remove(ListenerRegistration registration) {
		if (this.cause != null) {
			return;
		}
		ListenerRegistration previous = registration.previous;
		ListenerRegistration next = registration.next;
		if (previous != null) {
			previous.next = next;
		}
		else {
			this.first = next;
		}
		if (next != null) {
			next.previous = previous;
		}
		else {
			this.last = previous;
		}
		registration.previous = null;
		registration.next = null;
	}

	/**
	 * Counts the listeners.
	 * @return number of registered listeners
	 */
	synchronized int listenerCount() {
		int count = 0;
		for (ListenerRegistration at = this.first; at != null; at = at.next) {
			count++;
		}
		return count;
	}

	@Override
	public String toString() {
		CancellationCause cause = this.cause;
		return (cause != null) ? "cancelled by " + cause : "not cancelled";
	}

}
