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
 * Callback that changes the context of each request before it is used, for example to add
 * the tenant that authentication found. All beans of this type run, in their order, after
 * all {@link ContextExtractor extractors} and after the filters of Spring Security.
 * Called as those are.
 */
@FunctionalInterface
public interface CallContextCustomizer {

	/**
	 * Returns the context to go on with.
	 * @param request what came in
	 * @param context what is known so far
	 * @return the given context or one derived from it; should keep its cancellation
	 * @throws RuntimeException to refuse the request, as the error translator says
	 */
	CallContext customize(RequestCarrier request, CallContext context);

}
