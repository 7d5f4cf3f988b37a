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

/**
 * Strategy that reads one aspect of a call from its request: deadline, metadata, trace.
 * All beans of this type run, in their order, before the {@link CallContextCustomizer
 * customizers}. Called on a thread that serves the request, when the context is asked for
 * the first time; must not block.
 */
@FunctionalInterface
public interface ContextExtractor {

	/**
	 * Reads from a request.
	 * @param request what came in
	 * @param context takes what was read
	 * @throws RuntimeException to refuse the request, as the error translator says
	 */
	void extract(RequestCarrier request, CallContext.Builder context);

}
