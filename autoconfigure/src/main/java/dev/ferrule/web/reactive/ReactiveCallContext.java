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

import java.util.function.Supplier;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import reactor.core.publisher.Mono;

/**
 * Access to the context of the call that a reactive pipeline works for.
 */
public final class ReactiveCallContext {

	private ReactiveCallContext() {
	}

	/**
	 * Returns the context of the call, built when it is asked for the first time.
	 * @return the context from Reactor's context, empty if there is none; fails if the
	 * request is to be refused, as the error translator says
	 */
	public static Mono<CallContext> current() {
		return Mono.deferContextual((reactor) -> {
			Supplier<CallContext> context = reactor.getOrDefault(CurrentCallContext.KEY, null);
			return (context != null) ? build(context) : Mono.empty();
		});
	}

	// This operator restores thread-locals, of which the current span is one, however
	// Reactor is configured.
	static Mono<CallContext> build(Supplier<CallContext> context) {
		return Mono.just(context).handle((supplier, sink) -> sink.next(supplier.get()));
	}

}
