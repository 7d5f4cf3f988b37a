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

package dev.ferrule.web.reactive;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.error.CallCancelledTelemetryException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Web filter that begins the {@link RequestCallContext} of each WebFlux request and puts
 * it into Reactor's context, from where {@link ReactiveCallContext} takes it.
 *
 * <p>
 * The context is not built before it is asked for, hence after Spring Security has run.
 * It is cancelled when the server cancels the request, which Reactor Netty does when the
 * client leaves. A request that is answered cancels nothing: the application may have
 * left work to be done.
 */
public final class TelemetryContextWebFilter implements WebFilter, Ordered {

	/**
	 * Order of the filter: outside of Spring Security. Requests are observed outside of
	 * all filters.
	 */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

	/** Reactor's key for who takes errors that come after the cancellation. */
	private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

	private static final Logger logger = LoggerFactory.getLogger(TelemetryContextWebFilter.class);

	private static final String ATTRIBUTE = RequestCallContext.class.getName();

	private final CallContextFactory contexts;

	/**
	 * Creates a filter.
	 * @param contexts builds the contexts
	 */
	public TelemetryContextWebFilter(CallContextFactory contexts) {
		this.contexts = contexts;
	}

	/**
	 * Returns the context of a request.
	 * @param exchange exchange as passed to handlers, or to filters further inside
	 * @return its context, or {@code null} if it did not pass this filter
	 */
	public static @Nullable RequestCallContext of(ServerWebExchange exchange) {
		return exchange.getAttribute(ATTRIBUTE);
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		long arrivalNanoTime = System.nanoTime();
		RequestCallContext context = this.contexts
			.begin(new ReactiveRequestCarrier(exchange.getRequest(), arrivalNanoTime));
		exchange.getAttributes().put(ATTRIBUTE, context);
		AtomicBoolean ended = new AtomicBoolean();
		// On the way up the hook comes before the handler is cancelled, so that the cause
		// is known when the handler cancels its futures.
		return chain.filter(exchange).doOnTerminate(() -> ended.set(true)).doOnCancel(() -> {
			if (ended.compareAndSet(false, true)) {
				context.cancellation().cancel(CancellationCause.CLIENT);
			}
		}).contextWrite((reactor) -> contextWith(context, reactor));
	}

	private static Context contextWith(RequestCallContext context, Context reactor) {
		Consumer<Throwable> dropped = (failure) -> {
			if (failure instanceof CallCancelledTelemetryException && context.cancellation().token().isCancelled()) {
				logger.debug("Nobody is left to hear that the call was cancelled", failure);
			}
			else {
				Operators.onErrorDropped(failure, reactor);
			}
		};
		return reactor.put(CurrentCallContext.KEY, context).put(ON_ERROR_DROPPED, dropped);
	}

}
