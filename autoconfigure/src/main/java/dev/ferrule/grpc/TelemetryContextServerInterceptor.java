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

package dev.ferrule.grpc;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.RequestCallContext;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Server interceptor that begins the {@link RequestCallContext} of each gRPC call and
 * makes it the current one of the threads that serve the call. The context is not built
 * before it is asked for, hence after Spring Security has run.
 *
 * <p>
 * It is cancelled as soon as the transport hears that the client cancelled the call or
 * that the connection is gone, and when the deadline of the client passes. A call that is
 * answered cancels nothing: the application may have left work to be done.
 */
public final class TelemetryContextServerInterceptor implements ServerInterceptor, Ordered {

	/**
	 * After observation (0), before authentication (2).
	 */
	public static final int ORDER = 1;

	private static final Context.Key<RequestCallContext> REQUEST = Context.key("dev.ferrule.request-call-context");

	private final CallContextFactory contexts;

	/**
	 * Creates an interceptor.
	 * @param contexts builds the contexts
	 */
	public TelemetryContextServerInterceptor(CallContextFactory contexts) {
		this.contexts = contexts;
	}

	/**
	 * Returns the context of the call that is served, found by the {@link Context} of
	 * gRPC.
	 * @return the context to be, or {@code null} if the call did not pass this
	 * interceptor or the thread serves none
	 */
	public static @Nullable RequestCallContext current() {
		return REQUEST.get();
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		long arrival = System.nanoTime();
		Context outer = Context.current();
		RequestCallContext request = this.contexts
			.begin(new GrpcRequestCarrier(call.getAuthority(), headers, outer.getDeadline(), arrival));
		Context context = outer.withValue(REQUEST, request);
		context.addListener((ended) -> end(request, ended), Runnable::run);
		Context previous = context.attach();
		try (CurrentCallContext.Scope scope = CurrentCallContext.open(request)) {
			return new ContextListener<>(next.startCall(call, headers), context, request);
		}
		finally {
			context.detach(previous);
		}
	}

	private static void end(RequestCallContext request, Context context) {
		// The context of every call ends; without a cause if the call was answered
		if (context.cancellationCause() != null) {
			Deadline deadline = context.getDeadline();
			boolean expired = deadline != null && deadline.isExpired();
			request.cancellation().cancel(expired ? CancellationCause.DEADLINE : CancellationCause.CLIENT);
		}
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	/**
	 * Makes the context the current one while the call is served.
	 *
	 * @param <Q> type of the messages
	 */
	private static final class ContextListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final Context context;

		private final RequestCallContext request;

		ContextListener(ServerCall.Listener<Q> delegate, Context context, RequestCallContext request) {
			super(delegate);
			this.context = context;
			this.request = request;
		}

		@Override
		public void onMessage(Q message) {
			run(() -> super.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			run(super::onHalfClose);
		}

		@Override
		public void onCancel() {
			run(super::onCancel);
		}

		@Override
		public void onComplete() {
			run(super::onComplete);
		}

		@Override
		public void onReady() {
			run(super::onReady);
		}

		private void run(Runnable callback) {
			Context previous = this.context.attach();
			try (CurrentCallContext.Scope scope = CurrentCallContext.open(this.request)) {
				callback.run();
			}
			finally {
				this.context.detach(previous);
			}
		}

	}

}
