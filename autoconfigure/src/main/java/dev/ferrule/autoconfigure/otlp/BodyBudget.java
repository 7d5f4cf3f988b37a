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

package dev.ferrule.autoconfigure.otlp;

import dev.ferrule.engine.EngineStatus;
import dev.ferrule.engine.jna.NativeEngine;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Budget of the engine, as far as bodies of requests are concerned.
 *
 * @param bytes bytes that all payloads may hold, 0 if unknown
 */
record BodyBudget(long bytes) {

	static BodyBudget of(@Nullable NativeEngine engine) {
		return new BodyBudget((engine != null) ? EngineStatus.parse(engine.inspector().status()).maxPayloadBytes() : 0);
	}

	/**
	 * Returns the size of the largest body that can ever be taken.
	 * @param configured configured size
	 * @return bytes
	 */
	long largestBody(long configured) {
		return (this.bytes > 0) ? Math.min(configured, this.bytes) : configured;
	}

	/**
	 * Returns what bodies may hold together while they arrive.
	 * @param configured configured size, or {@code null} for half of the budget, in which
	 * a body of the largest size fits in any case
	 * @param largest size of the largest body
	 * @return bytes
	 */
	long unfinished(@Nullable DataSize configured, long largest) {
		if (configured != null) {
			return configured.toBytes();
		}
		return Math.max(this.bytes / 2, largest + largest / 2 + 1);
	}

}
