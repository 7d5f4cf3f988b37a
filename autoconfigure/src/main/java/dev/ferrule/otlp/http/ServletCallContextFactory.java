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

package dev.ferrule.otlp.http;

import java.time.Duration;

import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.web.servlet.TelemetryContextFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Factory of call contexts from HTTP requests. Called when the headers are there and
 * before the first byte of the body is read.
 */
@FunctionalInterface
public interface ServletCallContextFactory {

	/**
	 * Builds a context.
	 * @param request the request
	 * @param cancellation tells when the client left; belongs into the context, and is
	 * that of the {@link TelemetryContextFilter} if the request passed it
	 * @return the context
	 * @throws RuntimeException to refuse the request, as the error translator says; a 401
	 * asks for authentication
	 */
	CallContext create(HttpServletRequest request, CancellationToken cancellation);

	/**
	 * Returns a factory of contexts that have a deadline and nothing else.
	 * @param time time that each call has from now on, or {@code null} for no limit
	 * @return the factory
	 */
	static ServletCallContextFactory withDeadline(@Nullable Duration time) {
		return (request, cancellation) -> CallContext.builder()
			.deadline((time != null) ? Deadline.after(time) : null)
			.cancellation(cancellation)
			.build();
	}

	/**
	 * Returns a factory that takes the contexts of {@link TelemetryContextFilter}.
	 * @param otherwise builds the contexts of requests that did not pass the filter
	 * @return the factory
	 */
	static ServletCallContextFactory ofFilter(ServletCallContextFactory otherwise) {
		return (request, cancellation) -> {
			RequestCallContext context = TelemetryContextFilter.of(request);
			return (context != null) ? context.get() : otherwise.create(request, cancellation);
		};
	}

}
