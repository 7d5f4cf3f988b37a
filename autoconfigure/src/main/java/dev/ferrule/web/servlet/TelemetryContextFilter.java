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

import java.io.IOException;

import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.error.HttpCodes;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Servlet filter that begins the {@link RequestCallContext} of each request and makes it
 * the current one of the thread that serves the request. To be registered in the
 * {@link #ORDER order} given here for dispatches of type {@code REQUEST} and
 * {@code ASYNC}, with support for asynchronous requests.
 *
 * <p>
 * The context is not built before it is asked for, hence after Spring Security has run.
 * It is cancelled when the container says that the client left; which containers say so,
 * and when, differs.
 */
public final class TelemetryContextFilter implements Filter {

	/**
	 * Order of the filter: just inside the one that observes requests, outside of Spring
	 * Security.
	 */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

	private static final Logger logger = LoggerFactory.getLogger(TelemetryContextFilter.class);

	private static final String ATTRIBUTE = RequestCallContext.class.getName();

	private final CallContextFactory contexts;

	/**
	 * Creates a filter.
	 * @param contexts builds the contexts
	 */
	public TelemetryContextFilter(CallContextFactory contexts) {
		this.contexts = contexts;
	}

	/**
	 * Returns the context of a request.
	 * @param request request as passed to servlets, or to filters further inside
	 * @return its context, or {@code null} if it did not pass this filter
	 */
	public static @Nullable RequestCallContext of(ServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof RequestCallContext context) ? context : null;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		long arrivalNanoTime = System.nanoTime();
		if (!(request instanceof HttpServletRequest httpRequest)) {
			chain.doFilter(request, response);
			return;
		}
		RequestCallContext context = of(request);
		if (context == null) {
			context = this.contexts.begin(new ServletRequestCarrier(httpRequest, arrivalNanoTime));
			request.setAttribute(ATTRIBUTE, context);
		}
		ClientWatch watch = ClientWatch.of(request);
		if (watch != null) {
			watch.open(context.cancellation());
		}
		try (CurrentCallContext.Scope scope = CurrentCallContext.open(context)) {
			chain.doFilter(request, response);
		}
		catch (IOException | ServletException | RuntimeException ex) {
			if (request.isAsyncStarted() || !DisconnectErrors.hasEnded(context.cancellation(), ex)) {
				throw ex;
			}
			logger.debug("Handler ended because the client left", ex);
			if (response instanceof HttpServletResponse http && !response.isCommitted()) {
				http.setStatus(HttpCodes.CLIENT_CLOSED_REQUEST);
			}
		}
		finally {
			if (watch != null) {
				watch.close();
			}
			if (request.isAsyncStarted()) {
				AsyncRequestCancellation.listen(request, context.cancellation());
			}
		}
	}

}
