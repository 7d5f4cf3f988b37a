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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.web.servlet.ClientWatch;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Watch on the connection of an HTTP/1.1 request: reads on while the request is served
 * and somebody wants to know whether its client left. Between the end of the body and the
 * answer nobody else reads; before Jetty looks for the next request the watch has to be
 * over, or Jetty drops the connection for a read that is pending.
 */
final class DisconnectWatch implements ClientWatch, Callback {

	private final Request request;

	private final AbstractEndPoint endPoint;

	private final Connection.UpgradeTo connection;

	/** Of the body, negative if unknown. */
	private final long length;

	private @Nullable CancellationSource cancellation;

	private boolean observed;

	private long received;

	private boolean bodyRead;

	/** The last content that was read, which may not be in use any more. */
	private Content.@Nullable Chunk content;

	private boolean armed;

	private boolean over;

	private DisconnectWatch(Request request, AbstractEndPoint endPoint, Connection.UpgradeTo connection) {
		this.request = request;
		this.endPoint = endPoint;
		this.connection = connection;
		this.length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
	}

	/**
	 * Gives a request its watch, if its connection is one of HTTP/1.1 that stays so.
	 * @param request request that is about to be handled
	 */
	static void provide(Request request) {
		ConnectionMetaData connection = request.getConnectionMetaData();
		if (connection.getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion()
				&& !request.getHeaders().contains(HttpHeader.UPGRADE)
				&& connection.getConnection() instanceof Connection.UpgradeTo upgradable
				&& connection.getConnection().getEndPoint() instanceof AbstractEndPoint endPoint) {
			DisconnectWatch watch = new DisconnectWatch(request, endPoint, upgradable);
			request.setAttribute(ATTRIBUTE, watch);
			request.addHttpStreamWrapper((stream) -> watch.new Stream(stream));
			if (watch.length <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
				// Reads the end, which can be read again.
				request.read();
			}
		}
	}

	@Override
	public void open(CancellationSource cancellation) {
		synchronized (this) {
			this.cancellation = cancellation;
		}
		cancellation.onObserved(this::onObserved);
	}

	// The request may have become asynchronous: its answer ends the watch.
	@Override
	public void close() {
	}

	private synchronized void onObserved() {
		this.observed = true;
		arm();
	}

	// Many applications read the length of the body, but not on to its end.
	private void onRead(Content.Chunk chunk) {
		if (chunk.hasRemaining()) {
			this.content = chunk;
			this.received += chunk.remaining();
		}
		this.bodyRead = chunk.isLast() || (this.length >= 0 && this.received >= this.length);
		arm();
	}

	private void arm() {
		// Content that is still in use keeps the buffer into which the connection would
		// take what is read ahead.
		boolean inUse = this.content != null && this.content.isRetained();
		if (this.observed && this.bodyRead && !inUse && !this.over && !this.armed) {
			this.armed = true;
			this.armed = this.endPoint.tryFillInterested(this) && !this.over;
		}
	}

	private void end() {
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.over = true;
			if (!this.armed) {
				return;
			}
		}
		// Nobody else is interested before the request is complete.
		this.endPoint.getFillInterest().onFail(new CancellationException("The request is answered"));
	}

	@Override
	public void succeeded() {
		Throwable failure;
		synchronized (this) {
			this.armed = false;
			failure = this.over ? null : readOn();
			this.over |= failure != null;
		}
		if (failure != null) {
			clientLeft(failure);
		}
	}

	private @Nullable Throwable readOn() {
		// One byte always finds room in the buffer of the connection, unless that is full
		// of requests.
		ByteBuffer next = BufferUtil.allocate(1);
		try {
			int filled = this.endPoint.fill(next);
			if (filled < 0) {
				return new EofException("Client disconnected");
			}
			if (filled == 0) {
				arm();
				return null;
			}
			this.over = true;
			this.connection.onUpgradeTo(next);
			if (next.hasRemaining()) {
				this.endPoint.close(new IOException("Too many requests sent ahead"));
			}
			return null;
		}
		catch (IOException ex) {
			return ex;
		}
	}

	@Override
	public void failed(Throwable failure) {
		synchronized (this) {
			this.armed = false;
			if (this.over) {
				return;
			}
			if (failure instanceof TimeoutException) {
				// The connection is idle, as is to be expected.
				arm();
				return;
			}
			this.over = true;
		}
		// The lock may be held, if interest could not be registered.
		executor().execute(() -> clientLeft(failure));
	}

	private void clientLeft(Throwable failure) {
		if (this.cancellation != null) {
			this.cancellation.cancel(CancellationCause.CLIENT);
		}
		Runnable task = HttpChannel.from(this.request).onRemoteFailure(failure);
		if (task != null) {
			executor().execute(task);
		}
	}

	private Executor executor() {
		return this.request.getConnectionMetaData().getConnector().getExecutor();
	}

	@Override
	public InvocationType getInvocationType() {
		return InvocationType.NON_BLOCKING;
	}

	/**
	 * Begins the watch when the body was read, and ends it before the answer leaves.
	 */
	private final class Stream extends HttpStream.Wrapper {

		Stream(HttpStream stream) {
			super(stream);
		}

		@Override
		public Content.@Nullable Chunk read() {
			synchronized (DisconnectWatch.this) {
				Content.Chunk chunk = super.read();
				if (chunk != null && !Content.Chunk.isFailure(chunk)) {
					onRead(chunk);
				}
				return chunk;
			}
		}

		@Override
		public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
				@Nullable ByteBuffer content, Callback callback) {
			if (response == null || response.getStatus() >= 200) {
				end();
			}
			super.send(request, response, last, content, callback);
		}

		@Override
		public void succeeded() {
			end();
			super.succeeded();
		}

		@Override
		public void failed(Throwable failure) {
			end();
			super.failed(failure);
		}

	}

}
