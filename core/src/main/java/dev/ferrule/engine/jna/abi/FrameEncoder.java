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

import dev.ferrule.context.CallContext;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.TelemetryPayload;
import org.jspecify.annotations.Nullable;

/**
 * Encoder of submission frames. Allocates nothing once a context's unchanging part is
 * encoded and the buffer is large enough.
 */
public final class FrameEncoder {

	/** Larger payloads go into memory reserved in the engine; in bytes. */
	public static final int INLINE_LIMIT = 64 * 1024;

	private FrameEncoder() {
	}

	/**
	 * Writes everything but the facts of a single submission.
	 * @param target receives the frame
	 * @param context context of the call
	 * @param payload payload of the call
	 * @param payloadHandle memory reserved in the engine that holds the payload, or 0 to
	 * write it into the frame
	 * @param pipeline index of the pipeline
	 * @return length of the frame in bytes
	 */
	public static int encode(FrameBuffer target, CallContext context, TelemetryPayload payload, long payloadHandle,
			int pipeline) {
		EncodedContext encoded = context.cached(EncodedContext.class, EncodedContext::of);
		TraceContext trace = context.trace();
		String traceState = (trace != null) ? trace.traceState() : "";
		int traceStateLength = traceState.length();
		int contextLength = encoded.index().length + traceStateLength + encoded.text().length;
		if (contextLength > FrameLayout.MAX_CONTEXT_LENGTH) {
			throw EncodedContext
				.tooLarge("takes " + contextLength + " bytes, at most " + FrameLayout.MAX_CONTEXT_LENGTH);
		}
		int payloadStart = align(FrameLayout.FIXED_LENGTH + contextLength);
		int payloadLength = payload.size();
		int frameLength = (payloadHandle != 0) ? payloadStart : Math.addExact(payloadStart, payloadLength);
		ByteBuffer frame = target.withCapacity(frameLength);

		int at = FrameLayout.FIXED_LENGTH;
		frame.put(at, encoded.index());
		at += encoded.index().length;
		putAscii(frame, at, traceState);
		at += traceStateLength;
		frame.put(at, encoded.text());
		at += encoded.text().length;
		while (at < payloadStart) {
			frame.put(at++, (byte) 0);
		}
		if (payloadHandle == 0) {
			payload.copyTo(frame, payloadStart);
		}

		frame.putShort(FrameLayout.VERSION_OFFSET, (short) FrameLayout.ABI_VERSION);
		frame.putInt(FrameLayout.FRAME_LENGTH_OFFSET, frameLength);
		putTrace(frame, trace);
		frame.put(FrameLayout.SIGNAL_OFFSET, (byte) payload.signal().code());
		frame.put(FrameLayout.ENCODING_OFFSET, (byte) payload.encoding().code());
		frame.put(FrameLayout.CODING_OFFSET, (byte) payload.coding().code());
		frame.putInt(FrameLayout.PIPELINE_OFFSET, pipeline);
		frame.putLong(FrameLayout.PAYLOAD_HANDLE_OFFSET, payloadHandle);
		frame.putInt(FrameLayout.PAYLOAD_LENGTH_OFFSET, payloadLength);
		frame.putInt(FrameLayout.METADATA_COUNT_OFFSET, encoded.entryCount());
		frame.putInt(FrameLayout.CONTEXT_LENGTH_OFFSET, contextLength);
		frame.putInt(FrameLayout.TRACE_STATE_LENGTH_OFFSET, traceStateLength);
		frame.putInt(FrameLayout.ATTRIBUTES_LENGTH_OFFSET, encoded.attributesLength());
		frame.putInt(FrameLayout.RESERVED_OFFSET, 0);
		patch(target, 0, 0, 0);
		return frameLength;
	}

	/**
	 * Writes the facts of a single submission into an encoded frame.
	 * @param target holds the frame
	 * @param callId id of the call
	 * @param remainingNanos time left in nanoseconds, {@link TimeLimits#UNLIMITED} if the
	 * call has no deadline
	 * @param deadlineUnixNanos deadline as Unix time in nanoseconds, for display only
	 */
	public static void patch(FrameBuffer target, long callId, long remainingNanos, long deadlineUnixNanos) {
		ByteBuffer frame = target.buffer();
		boolean limited = remainingNanos < TimeLimits.UNLIMITED;
		if (!limited) {
			int flags = frame.getShort(FrameLayout.FLAGS_OFFSET) & ~FrameLayout.FLAG_DEADLINE;
			frame.putShort(FrameLayout.FLAGS_OFFSET, (short) flags);
		}
		frame.putLong(FrameLayout.CALL_ID_OFFSET, callId);
		frame.putLong(FrameLayout.REMAINING_NANOS_OFFSET, limited ? remainingNanos : 0);
		frame.putLong(FrameLayout.DEADLINE_UNIX_NANOS_OFFSET, limited ? deadlineUnixNanos : 0);
	}

	private static void putTrace(ByteBuffer frame, @Nullable TraceContext trace) {
		int flags = FrameLayout.FLAG_DEADLINE;
		if (trace == null) {
			frame.putLong(FrameLayout.TRACE_ID_OFFSET, 0);
			frame.putLong(FrameLayout.TRACE_ID_OFFSET + Long.BYTES, 0);
			frame.putLong(FrameLayout.SPAN_ID_OFFSET, 0);
			frame.put(FrameLayout.TRACE_FLAGS_OFFSET, (byte) 0);
		}
		else {
			flags |= trace.remote() ? FrameLayout.FLAG_TRACE | FrameLayout.FLAG_TRACE_REMOTE : FrameLayout.FLAG_TRACE;
			frame.putLong(FrameLayout.TRACE_ID_OFFSET, Long.reverseBytes(trace.traceIdHigh()));
			frame.putLong(FrameLayout.TRACE_ID_OFFSET + Long.BYTES, Long.reverseBytes(trace.traceIdLow()));
			frame.putLong(FrameLayout.SPAN_ID_OFFSET, Long.reverseBytes(trace.spanId()));
			frame.put(FrameLayout.TRACE_FLAGS_OFFSET, (byte) trace.flags());
		}
		frame.putShort(FrameLayout.FLAGS_OFFSET, (short) flags);
	}

	private static void putAscii(ByteBuffer frame, int index, String text) {
		// A trace state is printable ASCII, {@link TraceContext} sees to that
		for (int i = 0; i < text.length(); i++) {
			frame.put(index + i, (byte) text.charAt(i));
		}
	}

	private static int align(int length) {
		return (length + FrameLayout.PAYLOAD_ALIGNMENT - 1) & -FrameLayout.PAYLOAD_ALIGNMENT;
	}

}
