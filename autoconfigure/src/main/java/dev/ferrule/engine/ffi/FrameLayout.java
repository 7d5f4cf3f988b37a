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
 * Layout of the submission frame.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
final class FrameLayout {

	static final int ABI_VERSION = 1;

	static final int VERSION_OFFSET = 0;

	static final int FLAGS_OFFSET = 2;

	static final int FRAME_LENGTH_OFFSET = 4;

	static final int CALL_ID_OFFSET = 8;

	static final int REMAINING_NANOS_OFFSET = 16;

	static final int DEADLINE_UNIX_NANOS_OFFSET = 24;

	static final int TRACE_ID_OFFSET = 32;

	static final int SPAN_ID_OFFSET = 48;

	static final int TRACE_FLAGS_OFFSET = 56;

	static final int SIGNAL_OFFSET = 57;

	static final int ENCODING_OFFSET = 58;

	static final int CODING_OFFSET = 59;

	static final int PIPELINE_OFFSET = 60;

	static final int PAYLOAD_HANDLE_OFFSET = 64;

	static final int PAYLOAD_LENGTH_OFFSET = 72;

	static final int METADATA_COUNT_OFFSET = 76;

	static final int CONTEXT_LENGTH_OFFSET = 80;

	static final int TRACE_STATE_LENGTH_OFFSET = 84;

	static final int ATTRIBUTES_LENGTH_OFFSET = 88;

	static final int RESERVED_OFFSET = 92;

	static final int FIXED_LENGTH = 96;

	static final int INDEX_ENTRY_LENGTH = 8;

	static final int PAYLOAD_ALIGNMENT = 8;

	static final int MAX_METADATA_COUNT = 1024;

	static final int MAX_CONTEXT_LENGTH = 1048576;

	static final int FLAG_DEADLINE = 1;

	static final int FLAG_TRACE = 2;

	static final int FLAG_TRACE_REMOTE = 4;

	static final int ENTRY_SENSITIVE = 1;

	static final int ENTRY_BINARY = 2;

	static final int ENTRY_WELL_KNOWN = 4;

	private FrameLayout() {
	}

}
