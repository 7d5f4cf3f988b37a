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

package dev.ferrule.context;

import java.util.HexFormat;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * W3C trace context of a call. Immutable; always valid: neither id is zero.
 *
 * @param traceIdHigh first eight bytes of the trace id, big-endian; zero for ids of 64
 * bits
 * @param traceIdLow last eight bytes of the trace id, big-endian
 * @param spanId span id, big-endian, not zero
 * @param flags trace flags, 0 to 255
 * @param traceState value of the W3C header in printable ASCII, empty if there is none
 * @param remote whether the context came from another process
 * @see <a href="https://www.w3.org/TR/trace-context-2/">Trace Context Level 2</a>
 */
public record TraceContext(long traceIdHigh, long traceIdLow, long spanId, int flags, String traceState,
		boolean remote) {

	private static final int SAMPLED = 0x01;

	/**
	 * Validates the parts.
	 * @throws IllegalArgumentException if an id is zero, the flags are out of range or
	 * the trace state holds anything but printable ASCII
	 */
	public TraceContext {
		Objects.requireNonNull(traceState, "'traceState' must not be null");
		if (traceIdHigh == 0 && traceIdLow == 0) {
			throw new IllegalArgumentException("A trace id must not be zero");
		}
		if (spanId == 0) {
			throw new IllegalArgumentException("A span id must not be zero");
		}
		if (flags < 0 || flags > 0xff) {
			throw new IllegalArgumentException("Trace flags must be 0 to 255, not " + flags);
		}
		if (!isPrintableAscii(traceState)) {
			throw new IllegalArgumentException("A trace state must be printable ASCII");
		}
	}

	/**
	 * Returns the context with the given ids, as tracers and headers spell them. A trace
	 * state with anything but printable ASCII is dropped: it never invalidates the ids.
	 * @param traceId 32 or 16 lower-case hexadecimal digits
	 * @param spanId 16 lower-case hexadecimal digits
	 * @param flags trace flags, 0 to 255
	 * @param traceState value of the W3C header, {@code null} or empty if there is none
	 * @param remote whether the context came from another process
	 * @return the context, or {@code null} if an id is malformed or zero or the flags are
	 * out of range
	 */
	public static @Nullable TraceContext ofHex(String traceId, String spanId, int flags, @Nullable String traceState,
			boolean remote) {
		int length = traceId.length();
		if ((length != 32 && length != 16) || spanId.length() != 16 || !isLowerCaseHex(traceId)
				|| !isLowerCaseHex(spanId) || flags < 0 || flags > 0xff) {
			return null;
		}
		long high = (length == 32) ? HexFormat.fromHexDigitsToLong(traceId, 0, 16) : 0;
		long low = HexFormat.fromHexDigitsToLong(traceId, length - 16, length);
		long span = HexFormat.fromHexDigitsToLong(spanId);
		if ((high == 0 && low == 0) || span == 0) {
			return null;
		}
		String state = (traceState != null && isPrintableAscii(traceState)) ? traceState : "";
		return new TraceContext(high, low, span, flags, state, remote);
	}

	/**
	 * Returns the trace id as W3C spells it.
	 * @return 32 lower-case hexadecimal digits
	 */
	public String traceIdHex() {
		HexFormat format = HexFormat.of();
		return format.toHexDigits(this.traceIdHigh) + format.toHexDigits(this.traceIdLow);
	}

	/**
	 * Returns the span id as W3C spells it.
	 * @return 16 lower-case hexadecimal digits
	 */
	public String spanIdHex() {
		return HexFormat.of().toHexDigits(this.spanId);
	}

	/**
	 * Returns whether the caller may have recorded the trace.
	 * @return whether the sampled flag is set
	 */
	public boolean isSampled() {
		return (this.flags & SAMPLED) != 0;
	}

	private static boolean isLowerCaseHex(String text) {
		for (int i = 0; i < text.length(); i++) {
			char digit = text.charAt(i);
			if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
				return false;
			}
		}
		return true;
	}

	private static boolean isPrintableAscii(String text) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character < ' ' || character > '~') {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return "TraceContext[" + traceIdHex() + "-" + spanIdHex() + "-" + HexFormat.of().toHexDigits((byte) this.flags)
				+ (this.remote ? ", remote]" : "]");
	}

}
