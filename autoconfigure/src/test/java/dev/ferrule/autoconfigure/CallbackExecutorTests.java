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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallbackExecutor}.
 */
class CallbackExecutorTests {

	@Test
	void platformThreadsAreNamedDaemons() throws Exception {
		CallbackExecutor executor = CallbackExecutor.create(false);
		Thread thread = CompletableFuture.supplyAsync(Thread::currentThread, executor).get(10, TimeUnit.SECONDS);
		assertThat(thread.getName()).startsWith("ferrule-callback-");
		assertThat(thread.isDaemon()).isTrue();
		executor.destroy();
	}

	@Test
	void tasksWaitInsteadOfBeingRefused() throws Exception {
		CallbackExecutor executor = CallbackExecutor.create(false);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1000);
		for (int i = 0; i < 1000; i++) {
			executor.execute(() -> {
				awaitUninterruptibly(release);
				done.countDown();
			});
		}
		release.countDown();
		assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
		executor.destroy();
	}

	@Test
	void destroyLetsTasksEnd() throws Exception {
		CallbackExecutor executor = CallbackExecutor.create(false);
		CountDownLatch done = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			executor.execute(done::countDown);
		}
		executor.destroy();
		assertThat(done.getCount()).isZero();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreNamed() throws Exception {
		CallbackExecutor executor = CallbackExecutor.create(true);
		String name = CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), executor)
			.get(10, TimeUnit.SECONDS);
		assertThat(name).startsWith("ferrule-callback-");
		executor.destroy();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
