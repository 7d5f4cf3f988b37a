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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

import dev.ferrule.SafeLog;
import org.jspecify.annotations.Nullable;

/**
 * A listener in the list of a {@link SourceToken}. Whoever takes the listener out first,
 * cancelling or closing, decides whether it is called; so it is called at most once, not
 * at all once {@link #close()} returned before it began, and is not held afterwards.
 */
final class ListenerRegistration implements CancellationToken.Registration {

	private static final SafeLog log = SafeLog.of(CancellationSource.class);

	private static final VarHandle LISTENER;

	static {
		try {
			LISTENER = MethodHandles.lookup().findVarHandle(ListenerRegistration.class, "listener", Consumer.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final SourceToken token;

	@SuppressWarnings("UnusedVariable") // read through the handle
	private volatile @Nullable Consumer<CancellationCause> listener;

	/**
	 * Guarded by the monitor of the token, until that is cancelled.
	 */
	@Nullable ListenerRegistration previous;

	/**
	 * Guarded by the monitor of the token, until that is cancelled.
	 */
	@Nullable ListenerRegistration next;

	ListenerRegistration(SourceToken token, Consumer<CancellationCause> listener) {
		this.token = token;
		this.listener = listener;
	}

	@Override
	public void close() {
		if (takeListener() != null) {
			this.token.remove(this);
		}
	}

	void fire(CancellationCause cause) {
		Consumer<CancellationCause> taken = takeListener();
		if (taken != null) {
			call(taken, cause);
		}
	}

	@SuppressWarnings("unchecked")
	private @Nullable Consumer<CancellationCause> takeListener() {
		return (Consumer<CancellationCause>) LISTENER.getAndSet(this, null);
	}

	static void call(Consumer<CancellationCause> listener, CancellationCause cause) {
		try {
			listener.accept(cause);
		}
		catch (Throwable ex) {
			log.warn("A cancellation listener failed", ex);
		}
	}

}
