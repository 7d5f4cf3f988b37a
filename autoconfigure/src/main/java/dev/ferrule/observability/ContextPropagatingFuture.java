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

package dev.ferrule.observability;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Future whose continuations find the thread-locals of whoever asked for the work, unless
 * they run on an executor of their own.
 *
 * @param <T> type of the result
 */
class ContextPropagatingFuture<T> extends CompletableFuture<T> {

	private final Executor context;

	/**
	 * Creates a future.
	 * @param context runs a task in the calling thread, with the thread-locals of whoever
	 * asked for the work
	 */
	ContextPropagatingFuture(Executor context) {
		this.context = context;
	}

	final Executor context() {
		return this.context;
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new ContextPropagatingFuture<>(this.context);
	}

	@Override
	public Executor defaultExecutor() {
		Executor executor = super.defaultExecutor();
		return (task) -> executor.execute(() -> this.context.execute(task));
	}

}
