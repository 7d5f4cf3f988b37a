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
 * Layout of the records that the engine writes.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
public final class RecordLayout {

	public static final int LENGTH_OFFSET = 0;

	public static final int TYPE_OFFSET = 4;

	public static final int KIND_OFFSET = 6;

	public static final int FLAGS_OFFSET = 7;

	public static final int CALL_ID_OFFSET = 8;

	public static final int GRPC_CODE_OFFSET = 16;

	public static final int HTTP_CODE_OFFSET = 20;

	public static final int DOWNSTREAM_HTTP_OFFSET = 22;

	public static final int RETRY_DELAY_NANOS_OFFSET = 24;

	public static final int QUEUE_NANOS_OFFSET = 32;

	public static final int PIPELINE_NANOS_OFFSET = 40;

	public static final int EXPORT_NANOS_OFFSET = 48;

	public static final int ATTEMPTS_OFFSET = 56;

	public static final int CAUSE_OFFSET = 60;

	public static final int REJECTED_ITEMS_OFFSET = 64;

	public static final int MESSAGE_LENGTH_OFFSET = 72;

	public static final int DETAILS_LENGTH_OFFSET = 76;

	public static final int FIXED_LENGTH = 80;

	public static final int ALIGNMENT = 8;

	public static final int MAX_MESSAGE_LENGTH = 8192;

	public static final int MAX_DETAILS_LENGTH = 16384;

	public static final int TYPE_COMPLETION = 1;

	public static final int TYPE_LOG = 2;

	public static final int FLAG_PERMANENT = 1;

	public static final int FLAG_PARTIAL_SUCCESS = 2;

	public static final int FLAG_TRUNCATED = 4;

	public static final int FLAG_DELIVERY_UNKNOWN = 8;

	private RecordLayout() {
	}

}
