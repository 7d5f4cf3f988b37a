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

package dev.ferrule.context.header;

import java.util.Objects;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.HeaderNames;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.TraceContext;
import dev.ferrule.context.TraceContextExtractor;
import dev.ferrule.context.TraceState;
import org.jspecify.annotations.Nullable;

/**
 * Trace context extractor for the headers {@code traceparent} and {@code tracestate} (W3C
 * Trace Context), for applications without tracer. Immutable and thread-safe.
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/">Trace Context Level 2</a>
 */
public final class W3cTraceContextExtractor implements TraceContextExtractor {

	private static final String TRACE_PARENT = "traceparent";

	private static final String TRACE_STATE = "tracestate";

	private static final int MAXIMUM_BYTES = 8192;

	/** Length of version 00: all of it. */
	private static final int LENGTH = 55;

	private static final int KNOWN_FLAGS = 0x03;

	private final ContextStatistics statistics;

	/**
	 * Creates an extractor.
	 * @param statistics counts malformed headers
	 */
	public W3cTraceContextExtractor(ContextStatistics statistics) {
		this.statistics = Objects.requireNonNull(statistics, "'statistics' must not be null");
	}

	@Override
	public void extract(RequestCarrier request, CallContext.Builder context) {
		Headers headers = new Headers();
		request.forEachHeader(headers);
		if (headers.parent == null) {
			return;
		}
		TraceContext trace = headers.severalParents ? null : parse(HeaderNames.trim(headers.parent));
		if (trace == null) {
			this.statistics.invalidTraceparent();
		}
		else if (headers.state != null) {
			trace = withState(trace, headers.state.toString());
		}
		context.trace(trace);
	}

	private TraceContext withState(TraceContext trace, String header) {
		String state = (header.length() <= MAXIMUM_BYTES) ? TraceState.normalize(header) : null;
		if (state == null) {
			this.statistics.invalidTracestate();
			return trace;
		}
		return new TraceContext(trace.traceIdHigh(), trace.traceIdLow(), trace.spanId(), trace.flags(), state,
				trace.remote());
	}

	/**
	 * Reads a {@code traceparent}.
	 * @param header its value, without white space around it
	 * @return the context without trace state, or {@code null} if the value is malformed
	 */
	private static @Nullable TraceContext parse(String header) {
		if (header.length() < LENGTH || header.length() > MAXIMUM_BYTES || header.charAt(2) != '-'
				|| header.charAt(35) != '-' || header.charAt(52) != '-') {
			return null;
		}
		int version = hex(header, 0);
		int flags = hex(header, 53);
		boolean wellFormed = version >= 0 && version != 0xFF && flags >= 0;
		// Later versions may append
		boolean ends = header.length() == LENGTH || (version > 0 && header.charAt(LENGTH) == '-');
		return (wellFormed && ends)
				? TraceContext.ofHex(header.substring(3, 35), header.substring(36, 52), flags & KNOWN_FLAGS, null, true)
				: null;
	}

	private static int hex(String text, int index) {
		int high = hexDigit(text.charAt(index));
		int low = hexDigit(text.charAt(index + 1));
		return (high < 0 || low < 0) ? -1 : (high << 4) | low;
	}

	private static int hexDigit(char digit) {
		if (digit >= '0' && digit <= '9') {
			return digit - '0';
		}
		return (digit >= 'a' && digit <= 'f') ? digit - 'a' + 10 : -1;
	}

	/**
	 * The two headers of one request.
	 */
	private static final class Headers implements RequestCarrier.HeaderVisitor {

		private @Nullable String parent;

		private boolean severalParents;

		private @Nullable StringBuilder state;

		@Override
		public void text(String name, String value) {
			switch (HeaderNames.canonical(name)) {
				case TRACE_PARENT -> {
					this.severalParents = this.parent != null;
					this.parent = value;
				}
				case TRACE_STATE -> {
					this.state = (this.state != null) ? this.state.append(',') : new StringBuilder();
					this.state.append(value);
				}
				default -> {
				}
			}
		}

		@Override
		public void binary(String name, byte[] value) {
			// Both headers are text
		}

	}

}
