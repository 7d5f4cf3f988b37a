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
 * Layout of the submission frame.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
public final class FrameLayout {

	public static final int ABI_VERSION = 1;

	public static final int VERSION_OFFSET = 0;

	public static final int FLAGS_OFFSET = 2;

	public static final int FRAME_LENGTH_OFFSET = 4;

	public static final int CALL_ID_OFFSET = 8;

	public static final int REMAINING_NANOS_OFFSET = 16;

	public static final int DEADLINE_UNIX_NANOS_OFFSET = 24;

	public static final int TRACE_ID_OFFSET = 32;

	public static final int SPAN_ID_OFFSET = 48;

	public static final int TRACE_FLAGS_OFFSET = 56;

	public static final int SIGNAL_OFFSET = 57;

	public static final int ENCODING_OFFSET = 58;

	public static final int CODING_OFFSET = 59;

	public static final int PIPELINE_OFFSET = 60;

	public static final int PAYLOAD_HANDLE_OFFSET = 64;

	public static final int PAYLOAD_LENGTH_OFFSET = 72;

	public static final int METADATA_COUNT_OFFSET = 76;

	public static final int CONTEXT_LENGTH_OFFSET = 80;

	public static final int TRACE_STATE_LENGTH_OFFSET = 84;

	public static final int ATTRIBUTES_LENGTH_OFFSET = 88;

	public static final int RESERVED_OFFSET = 92;

	public static final int FIXED_LENGTH = 96;

	public static final int INDEX_ENTRY_LENGTH = 8;

	public static final int PAYLOAD_ALIGNMENT = 8;

	public static final int MAX_METADATA_COUNT = 1024;

	public static final int MAX_CONTEXT_LENGTH = 1048576;

	public static final int FLAG_DEADLINE = 1;

	public static final int FLAG_TRACE = 2;

	public static final int FLAG_TRACE_REMOTE = 4;

	public static final int ENTRY_SENSITIVE = 1;

	public static final int ENTRY_BINARY = 2;

	public static final int ENTRY_WELL_KNOWN = 4;

	private FrameLayout() {
	}

}
