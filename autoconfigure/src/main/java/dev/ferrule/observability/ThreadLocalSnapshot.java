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

import java.util.concurrent.Executor;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ClassUtils;

/**
 * Snapshot of the thread-locals of a thread, as far as libraries registered them for
 * propagation.
 */
final class ThreadLocalSnapshot {

	private static final Logger logger = LoggerFactory.getLogger(ThreadLocalSnapshot.class);

	private static final boolean PROPAGATION = ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
			ThreadLocalSnapshot.class.getClassLoader());

	private ThreadLocalSnapshot() {
	}

	/**
	 * Captures the thread-locals of this thread.
	 * @return runs a task in its calling thread with what was captured, or without it if
	 * it cannot be restored
	 */
	static Executor capture() {
		return PROPAGATION ? Snapshots.capture() : Runnable::run;
	}

	private static final class Snapshots {

		private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder().build();

		static Executor capture() {
			ContextSnapshot snapshot = FACTORY.captureAll();
			return (task) -> {
				try (ContextSnapshot.Scope scope = restore(snapshot)) {
					task.run();
				}
			};
		}

		// What is restored belongs to others and must not cost the call its outcome
		private static ContextSnapshot.Scope restore(ContextSnapshot snapshot) {
			try {
				return snapshot.setThreadLocals();
			}
			catch (RuntimeException | Error ex) {
				logger.warn("Thread-locals of a submission could not be restored", ex);
				return () -> {
				};
			}
		}

	}

}
