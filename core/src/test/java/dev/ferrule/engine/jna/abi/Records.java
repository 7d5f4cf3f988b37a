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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.ferrule.error.ErrorKind;

/**
 * Writes records as the engine does.
 */
public final class Records {

	private Records() {
	}

	public static byte[] success(long callId) {
		return record(RecordLayout.TYPE_COMPLETION, 0, callId, "", "",
				(record) -> record.putLong(RecordLayout.QUEUE_NANOS_OFFSET, 1)
					.putLong(RecordLayout.PIPELINE_NANOS_OFFSET, 2)
					.putLong(RecordLayout.EXPORT_NANOS_OFFSET, 3)
					.putInt(RecordLayout.ATTEMPTS_OFFSET, 1));
	}

	public static byte[] failure(long callId, ErrorKind kind, String message) {
		return record(RecordLayout.TYPE_COMPLETION, kind.code(), callId, message, "", (record) -> {
		});
	}

	public static byte[] cancelled(long callId, int cause) {
		return record(RecordLayout.TYPE_COMPLETION, ErrorKind.CANCELLED.code(), callId, "cancelled", "",
				(record) -> record.putInt(RecordLayout.CAUSE_OFFSET, cause));
	}

	public static byte[] log(int level, String target, String message) {
		return record(RecordLayout.TYPE_LOG, level, 0, message, target, (record) -> {
		});
	}

	public static byte[] record(int type, int kind, long callId, String message, String details,
			Consumer<ByteBuffer> fields) {
		byte[] messageBytes = message.getBytes(StandardCharsets.UTF_8);
		byte[] detailsBytes = details.getBytes(StandardCharsets.UTF_8);
		int length = (RecordLayout.FIXED_LENGTH + messageBytes.length + detailsBytes.length + 7) & -8;
		ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
		record.putInt(RecordLayout.LENGTH_OFFSET, length);
		record.putShort(RecordLayout.TYPE_OFFSET, (short) type);
		record.put(RecordLayout.KIND_OFFSET, (byte) kind);
		record.putLong(RecordLayout.CALL_ID_OFFSET, callId);
		record.putLong(RecordLayout.RETRY_DELAY_NANOS_OFFSET, -1);
		record.putInt(RecordLayout.MESSAGE_LENGTH_OFFSET, messageBytes.length);
		record.putInt(RecordLayout.DETAILS_LENGTH_OFFSET, detailsBytes.length);
		record.put(RecordLayout.FIXED_LENGTH, messageBytes);
		record.put(RecordLayout.FIXED_LENGTH + messageBytes.length, detailsBytes);
		fields.accept(record);
		return record.array();
	}

}
