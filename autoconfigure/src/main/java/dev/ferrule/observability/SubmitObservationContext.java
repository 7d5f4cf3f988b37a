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

import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Observation context of a submission to the engine. The failure is {@link #getError()}.
 */
public final class SubmitObservationContext extends Observation.Context {

	private final Signal signal;

	private final @Nullable String pipeline;

	private final int payloadSize;

	private volatile @Nullable ExportResult result;

	SubmitObservationContext(Signal signal, @Nullable String pipeline, int payloadSize) {
		this.signal = signal;
		this.pipeline = pipeline;
		this.payloadSize = payloadSize;
	}

	/**
	 * Returns what the payload holds.
	 * @return the signal
	 */
	public Signal signal() {
		return this.signal;
	}

	/**
	 * Returns the pipeline that takes the payload.
	 * @return its name, or {@code null} if the engine decides
	 */
	public @Nullable String pipeline() {
		return this.pipeline;
	}

	/**
	 * Returns the size of the payload as submitted.
	 * @return bytes
	 */
	public int payloadSize() {
		return this.payloadSize;
	}

	/**
	 * Returns the result.
	 * @return the result, or {@code null} while there is none and if the call failed
	 */
	public @Nullable ExportResult result() {
		return this.result;
	}

	void result(@Nullable ExportResult result) {
		this.result = result;
	}

}
