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
 * Layout of a submission frame. All numbers are little-endian, offsets count bytes.
 */
final class FrameLayout {

	/** Version of the native interface. */
	static final int ABI_VERSION = 1;

	/** u16. */
	static final int VERSION_OFFSET = 0;

	/** u16. */
	static final int FLAGS_OFFSET = 2;

	/** u32, from the header to the end of the inline payload. */
	static final int FRAME_LENGTH_OFFSET = 4;

	/** u64, not zero. */
	static final int CALL_ID_OFFSET = 8;

	/** i64. */
	static final int REMAINING_NANOS_OFFSET = 16;

	/** i64, for display only. */
	static final int DEADLINE_UNIX_NANOS_OFFSET = 24;

	/** 16 bytes in the order of W3C trace context. */
	static final int TRACE_ID_OFFSET = 32;

	/** 8 bytes in the order of W3C trace context. */
	static final int SPAN_ID_OFFSET = 48;

	/** u8. */
	static final int TRACE_FLAGS_OFFSET = 56;

	/** u8. */
	static final int SIGNAL_OFFSET = 57;

	/** u8. */
	static final int ENCODING_OFFSET = 58;

	/** u8. */
	static final int CODING_OFFSET = 59;

	/** u32. */
	static final int PIPELINE_OFFSET = 60;

	/** u64, 0 if the payload is inline. */
	static final int PAYLOAD_HANDLE_OFFSET = 64;

	/** u32. */
	static final int PAYLOAD_LENGTH_OFFSET = 72;

	/** u32. */
	static final int METADATA_COUNT_OFFSET = 76;

	/** u32, index and text without padding. */
	static final int CONTEXT_LENGTH_OFFSET = 80;

	/** u32. */
	static final int TRACE_STATE_LENGTH_OFFSET = 84;

	/** u32. */
	static final int ATTRIBUTES_LENGTH_OFFSET = 88;

	/** u32, 0. */
	static final int RESERVED_OFFSET = 92;

	/** Length of the part that every frame has. */
	static final int FIXED_LENGTH = 96;

	/** Length of the index entry of one metadata entry. */
	static final int INDEX_ENTRY_LENGTH = 8;

	/** The frame has a deadline. */
	static final int FLAG_DEADLINE = 1;

	/** The frame has a trace context. */
	static final int FLAG_TRACE = 2;

	/** The trace context came from another process. */
	static final int FLAG_TRACE_REMOTE = 4;

	/** The value is a credential. */
	static final int ENTRY_SENSITIVE = 1;

	/** The value is binary. */
	static final int ENTRY_BINARY = 2;

	/** The name is a number of the table of well-known names. */
	static final int ENTRY_WELL_KNOWN = 4;

	private FrameLayout() {
	}

}
