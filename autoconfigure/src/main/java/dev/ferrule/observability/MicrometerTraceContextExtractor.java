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

import dev.ferrule.context.CallContext;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.TraceContext;
import dev.ferrule.context.TraceContextExtractor;

/**
 * Trace context extractor that takes the current span of the application's tracer, which
 * is that of the request. Where the tracer has none in the thread that asks for the
 * context, because it observes neither this kind of request nor this thread, the headers
 * tell as they do without a tracer. Immutable and thread-safe.
 */
public final class MicrometerTraceContextExtractor implements TraceContextExtractor {

	private final CurrentSpan span;

	private final TraceContextExtractor headers;

	/**
	 * Creates an extractor.
	 * @param span where the current span is found
	 * @param headers asked for requests without span
	 */
	public MicrometerTraceContextExtractor(CurrentSpan span, TraceContextExtractor headers) {
		this.span = Objects.requireNonNull(span, "'span' must not be null");
		this.headers = Objects.requireNonNull(headers, "'headers' must not be null");
	}

	@Override
	public void extract(RequestCarrier request, CallContext.Builder context) {
		TraceContext trace = this.span.traceContext();
		if (trace != null) {
			context.trace(trace);
		}
		else {
			this.headers.extract(request, context);
		}
	}

}
