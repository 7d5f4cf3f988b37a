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

package dev.ferrule.otlp;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Memory that bodies hold together which are still arriving, in bytes. Thread-safe.
 *
 * <p>
 * A quarter is kept for the beginnings of bodies: those that grow and then wait keep none
 * of the small ones out.
 */
public final class UnfinishedBodies {

	private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

	private final long most;

	private final AtomicLong held = new AtomicLong();

	/**
	 * Creates room for bodies.
	 * @param most bytes that they may hold together, 1 or more
	 */
	public UnfinishedBodies(long most) {
		this.most = most;
	}

	/**
	 * Returns the size of the largest body that can ever arrive.
	 * @return bytes
	 */
	public long largestBody() {
		return this.most - this.most / 4;
	}

	public long held() {
		return this.held.get();
	}

	void begin(long bytes) {
		take(bytes, this.most);
	}

	void grow(long bytes) {
		take(bytes, largestBody());
	}

	private void take(long bytes, long most) {
		long held;
		do {
			held = this.held.get();
			if (held + bytes > most) {
				throw refusal();
			}
		}
		while (!this.held.compareAndSet(held, held + bytes));
	}

	private static TelemetryEngineException refusal() {
		return TelemetryEngineException.of(
				Failure
					.of(ErrorKind.RESOURCE_EXHAUSTED,
							"Bodies that are still arriving take all the memory they may take. Retry later, or raise"
									+ " ferrule.otlp.http.max-unfinished-body-size.")
					.withRetryDelay(RETRY_DELAY));
	}

	void end(long bytes) {
		this.held.addAndGet(-bytes);
	}

}
