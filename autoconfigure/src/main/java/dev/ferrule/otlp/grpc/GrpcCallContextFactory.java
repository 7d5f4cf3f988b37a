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

package dev.ferrule.otlp.grpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.grpc.TelemetryContextServerInterceptor;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * Factory of call contexts from gRPC calls. Called when the headers are there, after all
 * interceptors and before a message is read; the deadline of the client is that of the
 * current {@link Context}.
 */
@FunctionalInterface
public interface GrpcCallContextFactory {

	/**
	 * Builds a context.
	 * @param call the call
	 * @param headers its headers
	 * @param cancellation tells when the client left; belongs into the context, and is
	 * that of the {@link TelemetryContextServerInterceptor} if the call passed it
	 * @return the context
	 * @throws RuntimeException to refuse the call, as the error translator says
	 */
	CallContext create(ServerCall<?, ?> call, Metadata headers, CancellationToken cancellation);

	/**
	 * Returns a factory of contexts that have a deadline and nothing else: that of the
	 * client.
	 * @param defaultTime time that a call without deadline has from now on, {@code null}
	 * for no limit
	 * @param maxTime time that a call has at most from now on, {@code null} for no limit
	 * @return the factory
	 */
	static GrpcCallContextFactory withDeadline(@Nullable Duration defaultTime, @Nullable Duration maxTime) {
		return (call, headers, cancellation) -> {
			io.grpc.Deadline client = Context.current().getDeadline();
			Duration time = (client != null) ? Duration.ofNanos(client.timeRemaining(TimeUnit.NANOSECONDS))
					: defaultTime;
			if (maxTime != null && (time == null || time.compareTo(maxTime) > 0)) {
				time = maxTime;
			}
			return CallContext.builder()
				.deadline((time != null) ? Deadline.after(time) : null)
				.cancellation(cancellation)
				.build();
		};
	}

	/**
	 * Returns a factory that takes the contexts of
	 * {@link TelemetryContextServerInterceptor}.
	 * @param otherwise builds the contexts of calls that did not pass the interceptor
	 * @return the factory
	 */
	static GrpcCallContextFactory ofInterceptor(GrpcCallContextFactory otherwise) {
		return (call, headers, cancellation) -> {
			RequestCallContext context = TelemetryContextServerInterceptor.current();
			return (context != null) ? context.get() : otherwise.create(call, headers, cancellation);
		};
	}

}
