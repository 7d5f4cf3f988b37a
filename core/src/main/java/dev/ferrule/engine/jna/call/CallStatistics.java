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

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.ferrule.engine.EngineCounters;
import dev.ferrule.error.ErrorKind;

/**
 * Counters of what happens to calls. Thread-safe, without contention.
 */
public final class CallStatistics {

	private final LongAdder submitted = new LongAdder();

	private final LongAdder submittedBytes = new LongAdder();

	private final LongAdder succeeded = new LongAdder();

	private final LongAdder[] failed = new LongAdder[ErrorKind.values().length];

	private final LongAdder late = new LongAdder();

	private final LongAdder lastNet = new LongAdder();

	private final LongAdder malformed = new LongAdder();

	private final LongAdder degraded = new LongAdder();

	private final LongAdder pollErrors = new LongAdder();

	private final LongAdder rejections = new LongAdder();

	private final LongAdder droppedLogLines = new LongAdder();

	private final LongAdder listenerErrors = new LongAdder();

	public CallStatistics() {
		Arrays.setAll(this.failed, (ordinal) -> new LongAdder());
	}

	void submitted(int payloadBytes) {
		this.submitted.increment();
		this.submittedBytes.add(payloadBytes);
	}

	void succeeded() {
		this.succeeded.increment();
	}

	void failed(ErrorKind kind) {
		this.failed[kind.ordinal()].increment();
	}

	void late() {
		this.late.increment();
	}

	public void lastNetFired() {
		this.lastNet.increment();
	}

	void malformedRecord() {
		this.malformed.increment();
	}

	public void degradedError() {
		this.degraded.increment();
	}

	void pollError() {
		this.pollErrors.increment();
	}

	void executorRejection() {
		this.rejections.increment();
	}

	public void droppedLogLine() {
		this.droppedLogLines.increment();
	}

	void listenerError() {
		this.listenerErrors.increment();
	}

	public EngineCounters counters(long inFlight, long waitingOutcomes) {
		Map<ErrorKind, Long> failures = new EnumMap<>(ErrorKind.class);
		for (ErrorKind kind : ErrorKind.values()) {
			failures.put(kind, this.failed[kind.ordinal()].sum());
		}
		return new EngineCounters(this.submitted.sum(), this.submittedBytes.sum(), this.succeeded.sum(), failures,
				inFlight, this.late.sum(), this.lastNet.sum(), this.malformed.sum(), this.pollErrors.sum(),
				this.rejections.sum(), this.droppedLogLines.sum(), this.degraded.sum(), this.listenerErrors.sum(),
				waitingOutcomes);
	}

}
