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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import dev.ferrule.engine.CallPhase;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.PhaseCodes;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the phases of calls in flight, from the engine.
 */
public final class CallPhaseReader {

	private CallPhaseReader() {
	}

	/**
	 * Reads the phases of calls.
	 * @param engine handle of the engine
	 * @param calls the calls
	 * @return a phase for each call, {@code null} for one that the engine does not have
	 */
	public static List<@Nullable CallPhase> read(EngineHandle engine, List<EngineCall> calls) {
		ByteBuffer numbers = ByteBuffer.allocateDirect(calls.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
		calls.forEach((call) -> numbers.putLong(call.id()));
		boolean known = !calls.isEmpty() && ask(engine, numbers, calls.size());
		List<@Nullable CallPhase> phases = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			phases.add(known ? phase(numbers.getLong(i * Long.BYTES)) : null);
		}
		return phases;
	}

	private static boolean ask(EngineHandle engine, ByteBuffer numbers, int count) {
		if (!engine.retain()) {
			return false;
		}
		try {
			return engine.api().enginePhases(engine.value(), engine.api().addressOf(numbers), count) == 0;
		}
		finally {
			engine.release();
		}
	}

	private static @Nullable CallPhase phase(long number) {
		return switch ((int) number) {
			case PhaseCodes.QUEUED -> CallPhase.QUEUED;
			case PhaseCodes.DECODING -> CallPhase.DECODING;
			case PhaseCodes.PIPELINE -> CallPhase.PIPELINE;
			case PhaseCodes.EXPORT -> CallPhase.EXPORT;
			default -> null;
		};
	}

}
