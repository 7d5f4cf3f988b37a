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

package dev.ferrule.engine.jna;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.call.RefusalReason;
import dev.ferrule.error.EngineUnavailableException;

/**
 * Reader of the engine's texts: status and metrics.
 */
final class EngineTextReader {

	private static final int INITIAL_CAPACITY = 64 * 1024;

	private static final int ATTEMPTS = 4;

	private EngineTextReader() {
	}

	/**
	 * Reads the status.
	 * @param engine handle of the engine
	 * @return the engine's JSON text
	 * @throws EngineUnavailableException if the engine is not running
	 */
	static String status(EngineHandle engine) {
		return read(engine, NativeApi::engineStatus);
	}

	/**
	 * Reads the metrics.
	 * @param engine handle of the engine
	 * @return the engine's JSON text
	 * @throws TelemetryEngineException if the engine is not running
	 */
	static String metrics(EngineHandle engine) {
		return read(engine, NativeApi::engineMetrics);
	}

	private static String read(EngineHandle engine, Text text) {
		int capacity = INITIAL_CAPACITY;
		// The text may grow between two attempts
		for (int attempt = 0; attempt < ATTEMPTS && engine.retain(); attempt++) {
			try {
				ByteBuffer out = ByteBuffer.allocateDirect(capacity);
				int length = text.write(engine.api(), engine.value(), engine.api().addressOf(out), capacity);
				if (length >= 0) {
					byte[] json = new byte[Math.min(length, capacity)];
					out.get(0, json);
					return new String(json, StandardCharsets.UTF_8);
				}
				if (length == Integer.MIN_VALUE) {
					break;
				}
				capacity = -length + INITIAL_CAPACITY;
			}
			finally {
				engine.release();
			}
		}
		throw new EngineUnavailableException(RefusalReason.STALE_HANDLE.exception(null).failure(), null);
	}

	/**
	 * A function of the engine that writes a text.
	 */
	private interface Text {

		int write(NativeApi api, long engine, long outAddress, long outCapacity);

	}

}
