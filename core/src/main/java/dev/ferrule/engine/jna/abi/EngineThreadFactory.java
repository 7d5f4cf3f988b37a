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

package dev.ferrule.engine.jna.abi;

import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Factory of the engine's threads on the Java side: platform daemon threads, because
 * virtual ones would hold their carrier in native code.
 */
public final class EngineThreadFactory {

	/** On a thread of the JDK: one of ours would keep our class loader, and so itself. */
	public static final Cleaner CLEANER = Cleaner.create();

	private EngineThreadFactory() {
	}

	public static ThreadFactory factory(String name) {
		return (task) -> create(name, task);
	}

	public static Thread create(String name, Runnable task) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(EngineThreadFactory.class.getClassLoader());
		return thread;
	}

	/**
	 * Waits for the end of a thread. Does not give up when interrupted, but keeps the
	 * interrupt.
	 * @param thread thread to wait for
	 * @param timeout longest time to wait
	 * @return whether the thread ended
	 */
	public static boolean join(Thread thread, Duration timeout) {
		boolean interrupted = false;
		long end = System.nanoTime() + timeout.toNanos();
		try {
			while (true) {
				long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
				if (!thread.isAlive() || left <= 0) {
					return !thread.isAlive();
				}
				try {
					thread.join(left);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
