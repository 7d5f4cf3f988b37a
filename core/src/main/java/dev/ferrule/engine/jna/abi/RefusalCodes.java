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

package dev.ferrule.engine.jna.abi;

/**
 * Why the engine refused a submission.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
public final class RefusalCodes {

	public static final int LANE_FULL = 1;

	public static final int TOO_MANY_CALLS = 2;

	public static final int BYTE_BUDGET = 3;

	public static final int NOT_READY = 4;

	public static final int STOPPING = 5;

	public static final int STALE_HANDLE = 6;

	public static final int MALFORMED_FRAME = 7;

	public static final int WRONG_VERSION = 8;

	public static final int DUPLICATE_CALL = 9;

	public static final int UNKNOWN_PIPELINE = 10;

	public static final int UNKNOWN_PAYLOAD = 11;

	public static final int MEMORY_PRESSURE = 12;

	public static final int INTERNAL = 13;

	public static final int EXPIRED = 14;

	public static final int PAYLOAD_TOO_LARGE = 15;

	public static final int ENDED = 16;

	private RefusalCodes() {
	}

}
