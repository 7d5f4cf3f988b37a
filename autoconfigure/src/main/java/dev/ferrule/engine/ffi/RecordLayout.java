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
 * Layout of the records that the engine writes.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
final class RecordLayout {

	static final int LENGTH_OFFSET = 0;

	static final int TYPE_OFFSET = 4;

	static final int KIND_OFFSET = 6;

	static final int FLAGS_OFFSET = 7;

	static final int CALL_ID_OFFSET = 8;

	static final int GRPC_CODE_OFFSET = 16;

	static final int HTTP_CODE_OFFSET = 20;

	static final int DOWNSTREAM_HTTP_OFFSET = 22;

	static final int RETRY_DELAY_NANOS_OFFSET = 24;

	static final int QUEUE_NANOS_OFFSET = 32;

	static final int PIPELINE_NANOS_OFFSET = 40;

	static final int EXPORT_NANOS_OFFSET = 48;

	static final int ATTEMPTS_OFFSET = 56;

	static final int CAUSE_OFFSET = 60;

	static final int REJECTED_ITEMS_OFFSET = 64;

	static final int MESSAGE_LENGTH_OFFSET = 72;

	static final int DETAILS_LENGTH_OFFSET = 76;

	static final int FIXED_LENGTH = 80;

	static final int ALIGNMENT = 8;

	static final int MAX_MESSAGE_LENGTH = 8192;

	static final int MAX_DETAILS_LENGTH = 16384;

	static final int TYPE_COMPLETION = 1;

	static final int TYPE_LOG = 2;

	static final int FLAG_PERMANENT = 1;

	static final int FLAG_PARTIAL_SUCCESS = 2;

	static final int FLAG_TRUNCATED = 4;

	static final int FLAG_DELIVERY_UNKNOWN = 8;

	private RecordLayout() {
	}

}
