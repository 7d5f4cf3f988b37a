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

package dev.ferrule.engine.ffi;

/**
 * Why the engine refused a submission.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
final class Refusals {

	static final int LANE_FULL = 1;

	static final int TOO_MANY_CALLS = 2;

	static final int BYTE_BUDGET = 3;

	static final int NOT_READY = 4;

	static final int STOPPING = 5;

	static final int STALE_HANDLE = 6;

	static final int MALFORMED_FRAME = 7;

	static final int WRONG_VERSION = 8;

	static final int DUPLICATE_CALL = 9;

	static final int UNKNOWN_PIPELINE = 10;

	static final int UNKNOWN_PAYLOAD = 11;

	static final int MEMORY_PRESSURE = 12;

	static final int INTERNAL = 13;

	static final int EXPIRED = 14;

	static final int PAYLOAD_TOO_LARGE = 15;

	static final int ENDED = 16;

	private Refusals() {
	}

}
