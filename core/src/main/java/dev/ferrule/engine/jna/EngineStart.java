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

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.abi.RecordCursor;
import dev.ferrule.engine.jna.abi.RecordLayout;
import dev.ferrule.engine.jna.call.RefusalReason;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Result of the start of an engine, with the control calls around it: start, check of a
 * configuration, replacement of secrets.
 *
 * @param handle handle of the started engine
 * @param pipelines names of the pipelines that take calls, in the order of their indexes
 */
record EngineStart(long handle, List<String> pipelines) {

	private static final int OUT_CAPACITY = 256 * 1024;

	private static final int STALE = 2;

	/**
	 * Starts an engine.
	 * @param api native interface
	 * @param configJson configuration
	 * @return the started engine
	 * @throws TelemetryEngineException if the engine did not start
	 */
	static EngineStart start(NativeApi api, String configJson) {
		ByteBuffer config = direct(configJson);
		ByteBuffer out = ByteBuffer.allocateDirect(OUT_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
		long handle;
		try {
			handle = api.engineStart(api.addressOf(config), config.capacity(), api.addressOf(out), out.capacity());
		}
		finally {
			Reference.reachabilityFence(config);
		}
		if (handle <= 0) {
			throw failure(out, "The engine did not start and gave no reason");
		}
		return new EngineStart(handle, pipelines(out));
	}

	/**
	 * Checks a configuration.
	 * @param api native interface
	 * @param configJson configuration
	 * @throws TelemetryEngineException if the engine would not start with it
	 */
	static void validate(NativeApi api, String configJson) {
		ByteBuffer config = direct(configJson);
		ByteBuffer out = ByteBuffer.allocateDirect(OUT_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
		int result;
		try {
			result = api.engineValidate(api.addressOf(config), config.capacity(), api.addressOf(out), out.capacity());
		}
		finally {
			Reference.reachabilityFence(config);
		}
		if (result != 0) {
			throw failure(out, "The engine refused the configuration and gave no reason");
		}
	}

	/**
	 * Replaces certificates and keys of a running engine.
	 * @param engine handle of the engine
	 * @param secretsJson bundles by name
	 * @throws TelemetryEngineException if they were refused, or the engine is not running
	 */
	static void updateSecrets(EngineHandle engine, String secretsJson) {
		ByteBuffer secrets = direct(secretsJson);
		ByteBuffer out = ByteBuffer.allocateDirect(OUT_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
		int result = STALE;
		if (engine.retain()) {
			try {
				NativeApi api = engine.api();
				result = api.engineUpdateSecrets(engine.value(), api.addressOf(secrets), secrets.capacity(),
						api.addressOf(out), out.capacity());
			}
			finally {
				engine.release();
				Reference.reachabilityFence(secrets);
			}
		}
		if (result == STALE) {
			throw TelemetryEngineException.withStackTrace(RefusalReason.STALE_HANDLE.exception(null).failure(), null);
		}
		if (result != 0) {
			throw failure(out, "The engine refused the secrets and gave no reason");
		}
	}

	private static TelemetryEngineException failure(ByteBuffer out, String fallback) {
		RecordCursor record = new RecordCursor(out);
		boolean readable = record.moveTo(0, out.capacity()) && record.type() == RecordLayout.TYPE_COMPLETION
				&& record.kind() != 0;
		Failure failure = readable ? record.failure() : Failure.of(ErrorKind.PERMANENT, fallback);
		return TelemetryEngineException.withStackTrace(failure, null);
	}

	private static List<String> pipelines(ByteBuffer out) {
		int length = Math.min(Math.max(0, out.getInt(0)), out.capacity() - Integer.BYTES);
		if (length == 0) {
			return List.of();
		}
		byte[] names = new byte[length];
		out.get(Integer.BYTES, names);
		return List.of(new String(names, StandardCharsets.UTF_8).split("\n"));
	}

	private static ByteBuffer direct(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
	}

}
