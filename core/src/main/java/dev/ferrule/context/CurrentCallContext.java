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

package dev.ferrule.context;

import java.util.function.Supplier;

import dev.ferrule.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Holder of the context of the call that the current thread works for.
 */
public final class CurrentCallContext {

	/** Under which the context stands in Reactor's context and in snapshots. */
	public static final String KEY = "dev.ferrule.call-context";

	private static final ThreadLocal<@Nullable Supplier<CallContext>> CURRENT = new ThreadLocal<>();

	private CurrentCallContext() {
	}

	/**
	 * Returns the context of the call that this thread works for.
	 * @return the context, or {@code null} if there is none
	 * @throws RuntimeException if the request is to be refused, as
	 * {@link RequestCallContext#get()}
	 */
	public static @Nullable CallContext get() {
		Supplier<CallContext> current = CURRENT.get();
		return (current != null) ? current.get() : null;
	}

	/**
	 * Makes a context the current one of this thread, until the scope is closed.
	 * @param context the context, built when it is asked for; {@code null} for none
	 * @return to be closed by the same thread, innermost first
	 */
	public static Scope open(@Nullable Supplier<CallContext> context) {
		Supplier<CallContext> previous = CURRENT.get();
		set(context);
		return () -> set(previous);
	}

	/**
	 * Makes a context the current one of this thread, until the scope is closed.
	 * @param context the context
	 * @return to be closed by the same thread, innermost first
	 */
	public static Scope open(CallContext context) {
		return open(() -> context);
	}

	@Internal
	public static @Nullable Supplier<CallContext> supplier() {
		return CURRENT.get();
	}

	@Internal
	public static void set(@Nullable Supplier<CallContext> context) {
		if (context != null) {
			CURRENT.set(context);
		}
		else {
			CURRENT.remove();
		}
	}

	/**
	 * Restores what was current before.
	 */
	@FunctionalInterface
	public interface Scope extends AutoCloseable {

		@Override
		void close();

	}

}
