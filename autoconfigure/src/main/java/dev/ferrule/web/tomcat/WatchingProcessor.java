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

package dev.ferrule.web.tomcat;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.web.servlet.ClientWatch;
import dev.ferrule.web.tomcat.SocketWatch.Finding;
import jakarta.servlet.RequestDispatcher;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Processor of the requests of a connection, which watches the connection while it has
 * nothing to read.
 */
final class WatchingProcessor extends Http11Processor {

	private final SocketWatch watch;

	WatchingProcessor(DisconnectAwareHttp11NioProtocol protocol, WatchingNioEndpoint endpoint) {
		super(protocol, new WatchingAdapter(protocol.getAdapter()));
		this.watch = new SocketWatch(this, endpoint);
		((WatchingAdapter) this.adapter).processor = this;
	}

	NioSocketWrapper socket() {
		return (NioSocketWrapper) getSocketWrapper();
	}

	boolean hasReadBody() {
		return isRequestBodyFullyRead();
	}

	/**
	 * Returns whether the client has all it waits for, as far as the length is known.
	 * @return whether it may leave
	 */
	boolean isAnswered() {
		long length = this.response.getContentLengthLong();
		return this.response.isCommitted() && length >= 0 && this.response.getContentWritten() >= length;
	}

	// It uses the socket without looking into its buffer, where peeking may have left
	// bytes.
	void avoidSendfile() {
		this.request.setSendfile(false);
	}

	@Override
	public SocketState process(SocketWrapperBase<?> socket, SocketEvent event) throws IOException {
		SocketEvent actual = event;
		if (event == SocketEvent.OPEN_READ && this.watch.isSignalled() && isParked()) {
			Finding finding = this.watch.peek();
			if (finding != Finding.GONE) {
				if (finding != Finding.NOTHING) {
					// Whatever event comes next is one of Tomcat's own.
					this.watch.disarm();
				}
				return SocketState.LONG;
			}
			this.request.setAttribute(RequestDispatcher.ERROR_EXCEPTION,
					new ClientAbortException(new EOFException("Client left before the response was complete")));
			actual = SocketEvent.ERROR;
		}
		this.watch.disarm();
		SocketState state = super.process(socket, actual);
		if (state == SocketState.LONG && isParked()) {
			this.watch.arm(false);
		}
		return state;
	}

	/**
	 * Returns whether the request waits for the application and nobody uses the socket. A
	 * write listener uses it only once there is something to write.
	 * @return whether nothing happens but by the application or the client
	 */
	private boolean isParked() {
		return isAsync() && is(ActionCode.ASYNC_IS_STARTED) && !is(ActionCode.ASYNC_IS_COMPLETING)
				&& !is(ActionCode.ASYNC_IS_DISPATCHING) && !is(ActionCode.ASYNC_IS_ERROR)
				&& !is(ActionCode.ASYNC_IS_TIMINGOUT)
				&& (this.response.getWriteListener() == null || !this.response.isCommitted());
	}

	private boolean is(ActionCode question) {
		AtomicBoolean answer = new AtomicBoolean();
		action(question, answer);
		return answer.get();
	}

	/**
	 * Gives each request its watch.
	 */
	private static final class WatchingAdapter implements Adapter {

		private final Adapter adapter;

		private @Nullable WatchingProcessor processor;

		WatchingAdapter(Adapter adapter) {
			this.adapter = adapter;
		}

		@Override
		public void service(Request request, Response response) throws Exception {
			WatchingProcessor processor = this.processor;
			// A connection that was upgraded to HTTP/2 keeps the adapter, while the
			// processor serves other connections.
			if (processor != null && processor.getRequest() == request) {
				processor.watch.reset();
				request.setAttribute(ClientWatch.ATTRIBUTE, processor.watch);
			}
			this.adapter.service(request, response);
		}

		@Override
		public boolean prepare(Request request, Response response) throws Exception {
			return this.adapter.prepare(request, response);
		}

		@Override
		public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
			return this.adapter.asyncDispatch(request, response, event);
		}

		@Override
		public void log(Request request, Response response, long time) {
			this.adapter.log(request, response, time);
		}

		@Override
		public void checkRecycled(Request request, Response response) {
			this.adapter.checkRecycled(request, response);
		}

		@Override
		public String getDomain() {
			return this.adapter.getDomain();
		}

	}

}
