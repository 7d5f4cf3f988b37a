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

import java.util.List;

import dev.ferrule.cancellation.CancellationSource;

/**
 * Factory of the contexts of requests. Immutable and thread-safe.
 */
public final class CallContextFactory {

	private final List<ContextExtractor> extractors;

	private final List<CallContextCustomizer> customizers;

	/**
	 * Creates a factory.
	 * @param extractors run first, in this order
	 * @param customizers run then, in this order
	 */
	public CallContextFactory(List<ContextExtractor> extractors, List<CallContextCustomizer> customizers) {
		this.extractors = List.copyOf(extractors);
		this.customizers = List.copyOf(customizers);
	}

	/**
	 * Begins to serve a request. To be called as early as possible; nothing is read
	 * before the context is asked for.
	 * @param request what came in
	 * @return the context to be
	 */
	public RequestCallContext begin(RequestCarrier request) {
		return new RequestCallContext(this, request);
	}

	CallContext create(RequestCarrier request, CancellationSource cancellation) {
		CallContext.Builder builder = CallContext.builder().cancellation(cancellation);
		for (ContextExtractor extractor : this.extractors) {
			extractor.extract(request, builder);
		}
		CallContext context = builder.build();
		for (CallContextCustomizer customizer : this.customizers) {
			context = customizer.customize(request, context);
		}
		boolean own = context.cancellation() == cancellation.token();
		return (own && !this.customizers.isEmpty()) ? endingWith(cancellation, context) : context;
	}

	private static CallContext endingWith(CancellationSource cancellation, CallContext context) {
		// A context that a customizer gave less time ends alone, but this one is the
		// whole
		return CallContext.builder()
			.deadline(context.deadline())
			.cancellation(cancellation)
			.metadata(context.metadata())
			.trace(context.trace())
			.attributesJson(context.attributesJson())
			.build();
	}

}
