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

package dev.ferrule.web.jetty;

import java.util.concurrent.TimeoutException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.RequestCallContext;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Jetty handler that cancels the {@link RequestCallContext} of a request whose client
 * left. To be inserted as the outermost handler of the server.
 *
 * <p>
 * Of HTTP/2 streams Jetty says so itself. On HTTP/1.1 it notices nothing before the
 * answer is written, unless the connection is watched: once the body was read and
 * somebody listens to the cancellation, this handler tries to read on, and gives back to
 * Jetty what it gets of the next request.
 */
public final class DisconnectHandler extends Handler.Wrapper {

	private static final String ATTRIBUTE = RequestCallContext.class.getName();

	private final boolean watchHttp1;

	/**
	 * Creates a handler.
	 * @param watchHttp1 whether to watch the connections of HTTP/1.1 requests
	 */
	public DisconnectHandler(boolean watchHttp1) {
		this.watchHttp1 = watchHttp1;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		request.addFailureListener((failure) -> cancel(request, failure));
		if (this.watchHttp1) {
			DisconnectWatch.provide(request);
		}
		return super.handle(request, response, callback);
	}

	// A filter further inside sets the attribute.
	private static void cancel(Request request, Throwable failure) {
		if (request.getAttribute(ATTRIBUTE) instanceof RequestCallContext context) {
			context.cancellation()
				.cancel((failure instanceof TimeoutException) ? CancellationCause.APPLICATION
						: CancellationCause.CLIENT);
		}
	}

}
