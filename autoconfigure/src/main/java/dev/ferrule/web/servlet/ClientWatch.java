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

package dev.ferrule.web.servlet;

import dev.ferrule.cancellation.CancellationSource;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Watch for the client of a request that leaves while a handler blocks the thread of the
 * container. Provided by the hook of a container as a request attribute, used by
 * {@link TelemetryContextFilter}.
 */
public interface ClientWatch {

	/** Name of the request attribute. */
	String ATTRIBUTE = ClientWatch.class.getName();

	/**
	 * Begins to watch, on behalf of whoever observes the cancellation. Called by the
	 * thread of the container, before the handler.
	 * @param cancellation to be cancelled when the client left
	 */
	void open(CancellationSource cancellation);

	/**
	 * Ends to watch; closing twice is harmless. Called by the thread of the container,
	 * after the handler.
	 */
	void close();

	/**
	 * Returns the watch of a request.
	 * @param request request
	 * @return its watch, or {@code null} if the container has no hook
	 */
	static @Nullable ClientWatch of(ServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof ClientWatch watch) ? watch : null;
	}

}
