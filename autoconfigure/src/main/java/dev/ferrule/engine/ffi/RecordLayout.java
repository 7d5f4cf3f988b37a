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
 * Layout of a record delivered by the engine. All numbers are little-endian, offsets count
 * bytes.
 */
final class RecordLayout {

	/** u32, a multiple of 8. */
	static final int LENGTH_OFFSET = 0;

	/** u16. */
	static final int TYPE_OFFSET = 4;

	/** u8, 0 for success. */
	static final int KIND_OFFSET = 6;

	/** u8. */
	static final int FLAGS_OFFSET = 7;

	/** u64. */
	static final int CALL_ID_OFFSET = 8;

	/** u32. */
	static final int GRPC_CODE_OFFSET = 16;

	/** u16. */
	static final int HTTP_CODE_OFFSET = 20;

	/** u16. */
	static final int DOWNSTREAM_HTTP_OFFSET = 22;

	/** i64, -1 for none. */
	static final int RETRY_DELAY_NANOS_OFFSET = 24;

	/** i64. */
	static final int QUEUE_NANOS_OFFSET = 32;

	/** i64. */
	static final int PIPELINE_NANOS_OFFSET = 40;

	/** i64. */
	static final int EXPORT_NANOS_OFFSET = 48;

	/** u32. */
	static final int ATTEMPTS_OFFSET = 56;

	/** u32. */
	static final int CAUSE_OFFSET = 60;

	/** i64. */
	static final int REJECTED_ITEMS_OFFSET = 64;

	/** u32. */
	static final int MESSAGE_LENGTH_OFFSET = 72;

	/** u32. */
	static final int DETAILS_LENGTH_OFFSET = 76;

	/** Length of the part that every record has. */
	static final int FIXED_LENGTH = 80;

	/** Outcome of a call. */
	static final int TYPE_COMPLETION = 1;

	/** A log line. */
	static final int TYPE_LOG = 2;

	/** Retrying cannot help. */
	static final int FLAG_PERMANENT = 1;

	/** The downstream rejected a part. */
	static final int FLAG_PARTIAL_SUCCESS = 2;

	/** The message was cut. */
	static final int FLAG_TRUNCATED = 4;

	/** The data may have been delivered all the same. */
	static final int FLAG_DELIVERY_UNKNOWN = 8;

	private RecordLayout() {
	}

}
