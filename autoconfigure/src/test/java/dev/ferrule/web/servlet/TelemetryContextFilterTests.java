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

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.context.RequestCarrier;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TelemetryContextFilter}.
 */
class TelemetryContextFilterTests {

	private final AtomicInteger built = new AtomicInteger();

	private final List<String> headers = new ArrayList<>();

	private final TelemetryContextFilter filter = new TelemetryContextFilter(
			new CallContextFactory(List.of((request, context) -> {
				this.built.incrementAndGet();
				request.forEachHeader(new RequestCarrier.HeaderVisitor() {

					@Override
					public void text(String name, String value) {
						TelemetryContextFilterTests.this.headers.add(name + "=" + value);
					}

					@Override
					public void binary(String name, byte[] value) {
						throw new IllegalStateException(name);
					}

				});
			}), List.of()));

	private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private void filter(FilterChain chain) throws IOException, ServletException {
		this.filter.doFilter(this.request, this.response, chain);
	}

	private RequestCallContext context() {
		return TelemetryContextFilter.of(this.request);
	}

	@Test
	void contextIsCurrentWithinTheChainOnly() throws Exception {
		filter((request, response) -> assertThat(CurrentCallContext.get()).isNotNull()
			.isSameAs(TelemetryContextFilter.of(request).get()));
		assertThat(CurrentCallContext.get()).isNull();
	}

	@Test
	void contextNobodyAsksForIsNotBuilt() throws Exception {
		filter((request, response) -> {
		});
		assertThat(this.built).hasValue(0);
		assertThat(context()).isNotNull();
	}

	@Test
	void dispatchGoesOnWithTheSameContext() throws Exception {
		filter((request, response) -> CurrentCallContext.get());
		RequestCallContext first = context();
		filter((request, response) -> assertThat(CurrentCallContext.get()).isSameAs(first.get()));
		assertThat(context()).isSameAs(first);
		assertThat(this.built).hasValue(1);
	}

	@Test
	void headersCrossWithAllTheirValues() throws Exception {
		this.request.addHeader("X-One", "1");
		this.request.addHeader("x-two", "a");
		this.request.addHeader("x-two", "b");
		filter((request, response) -> CurrentCallContext.get());
		assertThat(this.headers).containsExactly("X-One=1", "x-two=a", "x-two=b");
	}

	static List<Throwable> disconnects() {
		return List.of(new ClientAbortException(new EOFException("gone")),
				new AsyncRequestNotUsableException("response not usable"),
				new IOException("Client reset the stream before the response was complete"));
	}

	@ParameterizedTest
	@MethodSource("disconnects")
	void disconnectCancelsOnBehalfOfTheClient(Throwable error) throws Exception {
		listener().onError(new AsyncEvent(this.request.getAsyncContext(), error));
		assertThat(context().cancellation().token().cause()).isEqualTo(CancellationCause.CLIENT);
	}

	static List<Throwable> otherErrors() {
		return List.of(new IllegalArgumentException("bug"), new IOException("Connection reset by peer"),
				new EOFException("of another connection"));
	}

	@ParameterizedTest
	@MethodSource("otherErrors")
	void otherErrorCancelsOnBehalfOfTheApplication(Throwable error) throws Exception {
		listener().onError(new AsyncEvent(this.request.getAsyncContext(), error));
		assertThat(context().cancellation().token().cause()).isEqualTo(CancellationCause.APPLICATION);
	}

	@Test
	void timeoutCancelsOnBehalfOfTheApplication() throws Exception {
		listener().onTimeout(new AsyncEvent(this.request.getAsyncContext()));
		assertThat(context().cancellation().token().cause()).isEqualTo(CancellationCause.APPLICATION);
	}

	@Test
	void completionCancelsNothing() throws Exception {
		AsyncListener listener = listener();
		listener.onComplete(new AsyncEvent(this.request.getAsyncContext()));
		listener.onComplete(new AsyncEvent(this.request.getAsyncContext()));
		assertThat(context().cancellation().token().isCancelled()).isFalse();
	}

	private AsyncListener listener() throws Exception {
		this.request.setAsyncSupported(true);
		filter((request, response) -> request.startAsync());
		return ((MockAsyncContext) this.request.getAsyncContext()).getListeners().get(0);
	}

	@Test
	void failureOfAHandlerWhoseClientLeftIsNone() throws Exception {
		filter((request, response) -> {
			context().cancellation().cancel(CancellationCause.CLIENT);
			throw new ServletException(new CancellationException());
		});
		assertThat(this.response.getStatus()).isEqualTo(499);
	}

	@Test
	void bugOfAHandlerWhoseClientLeftIsThrown() {
		assertThatIllegalStateException().isThrownBy(() -> filter((request, response) -> {
			context().cancellation().cancel(CancellationCause.CLIENT);
			throw new IllegalStateException("bug");
		}));
	}

	@Test
	void cancellationByTheApplicationIsThrown() {
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> filter((request, response) -> {
			context().cancellation().cancel(CancellationCause.APPLICATION);
			throw new CancellationException();
		}));
	}

	@Test
	void watchIsOpenWithinTheChainOnly() throws Exception {
		List<String> events = new ArrayList<>();
		this.request.setAttribute(ClientWatch.ATTRIBUTE, new ClientWatch() {

			@Override
			public void open(CancellationSource cancellation) {
				events.add((cancellation == context().cancellation()) ? "open" : "another source");
			}

			@Override
			public void close() {
				events.add("close");
			}

		});
		filter((request, response) -> events.add("chain"));
		assertThat(events).isEqualTo(Arrays.asList("open", "chain", "close"));
	}

}
