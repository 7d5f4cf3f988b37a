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

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Async listener that cancels what is done for an asynchronous request that ends before
 * its answer. A request that is answered cancels nothing: the application may have left
 * work to be done.
 */
final class AsyncRequestCancellation implements AsyncListener {

	private static final Logger logger = LoggerFactory.getLogger(AsyncRequestCancellation.class);

	private final CancellationSource cancellation;

	private AsyncRequestCancellation(CancellationSource cancellation) {
		this.cancellation = cancellation;
	}

	/**
	 * Listens from now on. To be called by the thread of the container that serves the
	 * request.
	 * @param request request that is asynchronous now
	 * @param cancellation to be cancelled
	 */
	static void listen(ServletRequest request, CancellationSource cancellation) {
		try {
			request.getAsyncContext().addListener(new AsyncRequestCancellation(cancellation));
		}
		catch (IllegalStateException ex) {
			logger.trace("Request is complete already", ex);
		}
	}

	@Override
	public void onError(AsyncEvent event) {
		this.cancellation.cancel(DisconnectErrors.isCause(event.getThrowable()) ? CancellationCause.CLIENT
				: CancellationCause.APPLICATION);
	}

	// The time is the application's, not the one the client gave.
	@Override
	public void onTimeout(AsyncEvent event) {
		this.cancellation.cancel(CancellationCause.APPLICATION);
	}

	@Override
	public void onComplete(AsyncEvent event) {
	}

	// Starting anew drops the listeners; the filter adds another one after each dispatch,
	// but whoever starts outside of a dispatch gets none.
	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
