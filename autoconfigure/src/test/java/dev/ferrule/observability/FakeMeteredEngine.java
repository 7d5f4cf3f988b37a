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

import java.util.Map;

import dev.ferrule.error.ErrorKind;

/**
 * An engine that tells what a test says.
 */
class FakeMeteredEngine implements MeteredEngine {

	String status = "{}";

	String metrics = "{}";

	int asked;

	boolean stopped;

	@Override
	public long submitted() {
		return 10;
	}

	@Override
	public long succeeded() {
		return 7;
	}

	@Override
	public long failed(ErrorKind kind) {
		return (kind == ErrorKind.TIMEOUT) ? 2 : 0;
	}

	@Override
	public long inFlight() {
		return 1;
	}

	@Override
	public long late() {
		return 3;
	}

	@Override
	public long lastNet() {
		return 0;
	}

	@Override
	public long droppedLogLines() {
		return 4;
	}

	@Override
	public long submittedBytes() {
		return 1234;
	}

	@Override
	public Map<String, Long> problems() {
		return Map.of("poll.failed", 2L);
	}

	@Override
	public String status() {
		return this.status;
	}

	@Override
	public String metrics() {
		this.asked++;
		if (this.stopped) {
			throw new IllegalStateException("stopped");
		}
		return this.metrics;
	}

}
