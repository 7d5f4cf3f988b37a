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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Cursor over the records that a poll of the engine returned. A cursor: one object serves
 * all records of a buffer. Texts whose lengths do not fit the record are cut.
 */
public final class RecordCursor {

	private static final long NO_DELAY = -1;

	/** What HTTP can tell, RFC 9111 section 1.2.2. */
	private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(Integer.MAX_VALUE);

	private static final int INITIAL_TEXT = 512;

	private static final char REPLACEMENT = '\ufffd';

	private final ByteBuffer buffer;

	private byte[] scratch = new byte[INITIAL_TEXT];

	private boolean degraded;

	private int start;

	private int length;

	/**
	 * Creates a cursor.
	 * @param buffer little-endian buffer that holds records
	 */
	public RecordCursor(ByteBuffer buffer) {
		this.buffer = buffer;
	}

	/**
	 * Moves to the record at a position.
	 * @param position start of the record
	 * @param end end of the valid bytes
	 * @return whether a whole record with a plausible length is there
	 */
	public boolean moveTo(int position, int end) {
		if (end - position < RecordLayout.FIXED_LENGTH) {
			return false;
		}
		int recordLength = this.buffer.getInt(position + RecordLayout.LENGTH_OFFSET);
		if (recordLength < RecordLayout.FIXED_LENGTH || recordLength > end - position
				|| recordLength % RecordLayout.ALIGNMENT != 0) {
			return false;
		}
		this.start = position;
		this.length = recordLength;
		return true;
	}

	public int length() {
		return this.length;
	}

	public int type() {
		return Short.toUnsignedInt(this.buffer.getShort(this.start + RecordLayout.TYPE_OFFSET));
	}

	/**
	 * Returns the number of the kind of a failure, or of the level of a log line.
	 * @return the number, 0 for success
	 */
	public int kind() {
		return Byte.toUnsignedInt(this.buffer.get(this.start + RecordLayout.KIND_OFFSET));
	}

	public long callId() {
		return this.buffer.getLong(this.start + RecordLayout.CALL_ID_OFFSET);
	}

	public ExportResult result() {
		return new ExportResult(
				hasFlag(RecordLayout.FLAG_PARTIAL_SUCCESS)
						? this.buffer.getLong(this.start + RecordLayout.REJECTED_ITEMS_OFFSET) : 0,
				message(), queued(), processing(), exporting(), attempts());
	}

	public Duration queued() {
		return duration(RecordLayout.QUEUE_NANOS_OFFSET);
	}

	public Duration processing() {
		return duration(RecordLayout.PIPELINE_NANOS_OFFSET);
	}

	public Duration exporting() {
		return duration(RecordLayout.EXPORT_NANOS_OFFSET);
	}

	public int attempts() {
		return this.buffer.getInt(this.start + RecordLayout.ATTEMPTS_OFFSET);
	}

	/**
	 * Returns the facts of a failure. What cannot be understood is replaced or left out,
	 * see {@link #isDegraded()}.
	 * @return the failure; of an unknown kind it is permanent
	 */
	public Failure failure() {
		this.degraded = hasFlag(RecordLayout.FLAG_TRUNCATED);
		ErrorKind kind = ErrorKind.fromCode(kind());
		int grpcCode = this.buffer.getInt(this.start + RecordLayout.GRPC_CODE_OFFSET);
		int causeCode = this.buffer.getInt(this.start + RecordLayout.CAUSE_OFFSET);
		CancellationCause cause = CancellationCause.fromCode(causeCode);
		this.degraded |= kind.code() != kind() || (grpcCode != GrpcCodes.OK && !GrpcCodes.isKnown(grpcCode))
				|| (cause == null && causeCode != 0);
		String message = message();
		return new Failure(kind, grpcCode, status(RecordLayout.HTTP_CODE_OFFSET),
				status(RecordLayout.DOWNSTREAM_HTTP_OFFSET), hasFlag(RecordLayout.FLAG_PERMANENT) || kind.isPermanent(),
				retryDelay(), cause, hasFlag(RecordLayout.FLAG_DELIVERY_UNKNOWN),
				(message != null) ? message : "The engine gave no reason.", detailsJson());
	}

	/**
	 * Returns whether the {@linkplain #failure() failure} just read lost something that
	 * could not be understood.
	 * @return whether it says less than its record
	 */
	public boolean isDegraded() {
		return this.degraded;
	}

	private @Nullable Duration retryDelay() {
		long nanos = this.buffer.getLong(this.start + RecordLayout.RETRY_DELAY_NANOS_OFFSET);
		if (nanos < 0) {
			this.degraded |= nanos != NO_DELAY;
			return null;
		}
		if (nanos > MAX_DELAY_NANOS) {
			this.degraded = true;
			return Duration.ofNanos(MAX_DELAY_NANOS);
		}
		return Duration.ofNanos(nanos);
	}

	private int status(int offset) {
		int status = Short.toUnsignedInt(this.buffer.getShort(this.start + offset));
		if (status == 0 || (status >= 100 && status <= 599)) {
			return status;
		}
		this.degraded = true;
		return 0;
	}

	private @Nullable String detailsJson() {
		long size = textLength(RecordLayout.DETAILS_LENGTH_OFFSET);
		if (size == 0) {
			return null;
		}
		String details = (size <= RecordLayout.MAX_DETAILS_LENGTH) ? details() : null;
		// Not parsed: that can take milliseconds, and all other calls wait for this
		// thread
		if (details != null && details.startsWith("{") && details.endsWith("}")) {
			return details;
		}
		this.degraded = true;
		return null;
	}

	/**
	 * Returns the message.
	 * @return the message, or {@code null} if it is empty
	 */
	public @Nullable String message() {
		return text(0, textLength(RecordLayout.MESSAGE_LENGTH_OFFSET), RecordLayout.MAX_MESSAGE_LENGTH);
	}

	/**
	 * Returns the details.
	 * @return the JSON text, or the target of a log line, or {@code null} if empty
	 */
	public @Nullable String details() {
		return text(textLength(RecordLayout.MESSAGE_LENGTH_OFFSET), textLength(RecordLayout.DETAILS_LENGTH_OFFSET),
				RecordLayout.MAX_DETAILS_LENGTH);
	}

	private @Nullable String text(long offset, long textLength, int limit) {
		long available = this.length - RecordLayout.FIXED_LENGTH - offset;
		int size = (int) Math.min(Math.min(textLength, available), limit);
		this.degraded |= size != textLength;
		if (size <= 0) {
			return null;
		}
		if (this.scratch.length < size) {
			this.scratch = new byte[limit];
		}
		this.buffer.get(this.start + RecordLayout.FIXED_LENGTH + (int) offset, this.scratch, 0, size);
		String text = new String(this.scratch, 0, size, StandardCharsets.UTF_8);
		this.degraded |= text.indexOf(REPLACEMENT) >= 0 && !isWhole(text, size);
		return text;
	}

	private boolean isWhole(String text, int size) {
		// The text may hold the character that replaces what is no UTF-8
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return Arrays.equals(bytes, 0, bytes.length, this.scratch, 0, size);
	}

	private long textLength(int offset) {
		return Integer.toUnsignedLong(this.buffer.getInt(this.start + offset));
	}

	private Duration duration(int offset) {
		long nanos = this.buffer.getLong(this.start + offset);
		return (nanos > 0) ? Duration.ofNanos(nanos) : Duration.ZERO;
	}

	private boolean hasFlag(int flag) {
		return (this.buffer.get(this.start + RecordLayout.FLAGS_OFFSET) & flag) != 0;
	}

}
