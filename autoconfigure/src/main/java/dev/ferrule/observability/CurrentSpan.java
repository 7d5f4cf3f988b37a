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

package dev.ferrule.observability;

import java.util.Objects;

import dev.ferrule.context.TraceContext;
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Lookup of the span that the tracer of the application considers current in a thread.
 * Immutable and thread-safe.
 */
public final class CurrentSpan {

	private static final boolean OPEN_TELEMETRY = ClassUtils.isPresent("io.opentelemetry.api.trace.Span",
			CurrentSpan.class.getClassLoader());

	private static final int KNOWN_FLAGS = 0x03;

	private static final int SAMPLED = 0x01;

	private final Tracer tracer;

	/**
	 * Creates the view of a tracer.
	 * @param tracer tracer of the application
	 */
	public CurrentSpan(Tracer tracer) {
		this.tracer = Objects.requireNonNull(tracer, "'tracer' must not be null");
	}

	/**
	 * Returns the current span of this thread.
	 * @return the span as a parent, with the trace state if OpenTelemetry knows it;
	 * {@code null} if there is no span or its ids are invalid, as those of a tracer that
	 * does nothing are
	 */
	@Nullable TraceContext traceContext() {
		Span span = this.tracer.currentSpan();
		if (span == null) {
			return null;
		}
		io.micrometer.tracing.TraceContext ids = span.context();
		int flags = Boolean.TRUE.equals(ids.sampled()) ? SAMPLED : 0;
		TraceContext trace = TraceContext.ofHex(ids.traceId(), ids.spanId(), flags, null, false);
		return (trace != null && OPEN_TELEMETRY) ? OpenTelemetry.complete(trace, ids) : trace;
	}

	/**
	 * Runs a task under a trace context, so that the next span becomes its child, unless
	 * this thread has a current span already.
	 * @param trace trace context, or {@code null} for none
	 * @param task what to run
	 */
	void runUnder(@Nullable TraceContext trace, Runnable task) {
		if (trace == null || this.tracer.currentSpan() != null) {
			task.run();
			return;
		}
		io.micrometer.tracing.TraceContext parent = this.tracer.traceContextBuilder()
			.traceId(trace.traceIdHex())
			.spanId(trace.spanIdHex())
			.sampled(trace.isSampled())
			.build();
		try (CurrentTraceContext.Scope scope = this.tracer.currentTraceContext().newScope(parent)) {
			task.run();
		}
	}

	/**
	 * What the bridge to Micrometer hides.
	 */
	private static final class OpenTelemetry {

		static TraceContext complete(TraceContext trace, io.micrometer.tracing.TraceContext ids) {
			io.opentelemetry.api.trace.SpanContext span = io.opentelemetry.api.trace.Span.current().getSpanContext();
			// Another bridge may be in use, and OpenTelemetry be there for other reasons
			if (!span.getSpanId().equals(ids.spanId()) || !span.getTraceId().equals(ids.traceId())) {
				return trace;
			}
			StringBuilder state = new StringBuilder();
			span.getTraceState()
				.forEach(
						(key, value) -> state.append(state.isEmpty() ? "" : ",").append(key).append('=').append(value));
			TraceContext complete = TraceContext.ofHex(ids.traceId(), ids.spanId(),
					span.getTraceFlags().asByte() & KNOWN_FLAGS, state.toString(), false);
			return (complete != null) ? complete : trace;
		}

	}

}
