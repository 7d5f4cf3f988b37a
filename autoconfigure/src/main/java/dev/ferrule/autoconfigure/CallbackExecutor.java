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

package dev.ferrule.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.util.CustomizableThreadCreator;

/**
 * Executor of what applications attach to the futures of the engine. Never refuses a task
 * and never runs one in the thread that hands it over, which polls the engine.
 */
final class CallbackExecutor implements Executor, DisposableBean {

	static final String BEAN_NAME = "ferruleCallbackExecutor";

	private static final String THREAD_NAME_PREFIX = "ferrule-callback-";

	private static final long IDLE_SECONDS = 60;

	private static final long TERMINATION_SECONDS = 2;

	private final Executor delegate;

	private final @Nullable ThreadPoolExecutor pool;

	private CallbackExecutor(Executor delegate, @Nullable ThreadPoolExecutor pool) {
		this.delegate = delegate;
		this.pool = pool;
	}

	/**
	 * Creates the executor.
	 * @param virtual whether each task gets a virtual thread of its own, instead of one
	 * of as many platform threads as there are processors
	 * @return the executor
	 */
	static CallbackExecutor create(boolean virtual) {
		if (virtual) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(THREAD_NAME_PREFIX);
			executor.setVirtualThreads(true);
			return new CallbackExecutor(executor, null);
		}
		CustomizableThreadCreator threads = new CustomizableThreadCreator(THREAD_NAME_PREFIX);
		threads.setDaemon(true);
		int size = Math.max(2, Runtime.getRuntime().availableProcessors());
		// The queue needs no bound: the engine counts what waits here against its calls
		// in
		// flight.
		ThreadPoolExecutor pool = new ThreadPoolExecutor(size, size, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads::createThread);
		pool.allowCoreThreadTimeOut(true);
		return new CallbackExecutor(pool, pool);
	}

	@Override
	public void execute(Runnable task) {
		this.delegate.execute(task);
	}

	/**
	 * Lets tasks end that the last outcomes started; the engine is stopped by then.
	 */
	@Override
	public void destroy() throws InterruptedException {
		if (this.pool != null) {
			this.pool.shutdown();
			this.pool.awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS);
		}
	}

}
