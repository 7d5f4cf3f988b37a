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

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.web.servlet.ClientWatch;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Watch on the socket of one request after the other, of which a processor serves many.
 *
 * <p>
 * All methods but {@link #onReadable()} are called by the thread that holds the lock of
 * the socket. The lock of the watch is needed as long as there is a cancellation, which
 * means that a handler has the thread and the poller may look.
 */
final class SocketWatch implements ClientWatch {

	private final WatchingProcessor processor;

	private final WatchingNioEndpoint endpoint;

	/** Guards against the poller. */
	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable CancellationSource cancellation;

	private @Nullable Thread handler;

	private @Nullable NioSocketWrapper socket;

	private @Nullable SelectionKey key;

	private long readTimeout;

	private Finding last = Finding.NOTHING;

	SocketWatch(WatchingProcessor processor, WatchingNioEndpoint endpoint) {
		this.processor = processor;
		this.endpoint = endpoint;
	}

	/**
	 * Forgets the last request.
	 */
	void reset() {
		this.last = Finding.NOTHING;
	}

	@Override
	public void open(CancellationSource cancellation) {
		this.lock.lock();
		try {
			this.cancellation = cancellation;
			this.handler = Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
		cancellation.onObserved(this::onObserved);
	}

	private void onObserved() {
		this.lock.lock();
		try {
			// Another thread does not know whether the handler is reading.
			if (Thread.currentThread() == this.handler) {
				arm(true);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes interest in the socket, unless there is no point in it.
	 * @param blocked whether a handler blocks the thread
	 */
	void arm(boolean blocked) {
		if (this.key != null || this.last != Finding.NOTHING || !this.processor.hasReadBody()) {
			return;
		}
		NioSocketWrapper socket = this.processor.socket();
		SelectionKey key = key(socket);
		if (key == null) {
			return;
		}
		this.processor.avoidSendfile();
		this.socket = socket;
		this.key = key;
		this.readTimeout = socket.getReadTimeout();
		socket.setReadTimeout(-1);
		if (blocked) {
			this.endpoint.addBlocked(socket, this);
		}
		takeInterest(key);
	}

	// Of neither the socket nor its endpoint anything is left once they are closed, which
	// a handler may outlive.
	private static @Nullable SelectionKey key(NioSocketWrapper socket) {
		SocketChannel channel = socket.getSocket().getIOChannel();
		return (channel != null) ? channel.keyFor(socket.getPoller().getSelector()) : null;
	}

	private static void takeInterest(SelectionKey key) {
		try {
			key.interestOpsOr(SelectionKey.OP_READ);
			key.selector().wakeup();
		}
		catch (CancelledKeyException ex) {
			// The connection is closed, of which Tomcat will hear by itself.
		}
	}

	/**
	 * Looks at the socket for a blocked handler. Called by the poller.
	 * @return whether the event is dealt with
	 */
	boolean onReadable() {
		CancellationSource cancellation;
		boolean gone;
		this.lock.lock();
		try {
			cancellation = this.cancellation;
			if (cancellation == null || this.key == null) {
				return false;
			}
			gone = this.last == Finding.NOTHING && peek() == Finding.GONE;
		}
		finally {
			this.lock.unlock();
		}
		if (gone) {
			this.endpoint.tell(() -> cancellation.cancel(CancellationCause.CLIENT));
		}
		return true;
	}

	/**
	 * Returns whether the poller has found something to read.
	 * @return whether to {@link #peek()}
	 */
	boolean isSignalled() {
		SelectionKey key = this.key;
		try {
			return key != null && (key.interestOps() & SelectionKey.OP_READ) == 0;
		}
		catch (CancelledKeyException ex) {
			return false;
		}
	}

	/**
	 * Looks at the socket and goes on watching if there is nothing.
	 * @return what is there
	 */
	Finding peek() {
		this.last = read();
		if (this.last == Finding.NOTHING && this.key != null) {
			takeInterest(this.key);
		}
		return this.last;
	}

	// ActionCode.AVAILABLE would read into the buffer of the request instead, and lose
	// what is there.
	private Finding read() {
		try {
			return this.processor.socket().isReadyForRead() ? Finding.BYTES : Finding.NOTHING;
		}
		catch (IOException ex) {
			return this.processor.isAnswered() ? Finding.ANSWERED : Finding.GONE;
		}
	}

	/**
	 * Gives the socket back to Tomcat.
	 */
	void disarm() {
		NioSocketWrapper socket = this.socket;
		SelectionKey key = this.key;
		if (socket == null || key == null) {
			return;
		}
		this.socket = null;
		this.key = null;
		this.endpoint.removeBlocked(socket);
		try {
			key.interestOpsAnd(~SelectionKey.OP_READ);
			// A write while watching has copied the interest to where timeouts look.
			socket.interestOps(key.interestOps());
		}
		catch (CancelledKeyException ex) {
			// The connection is closed.
		}
		socket.updateLastRead();
		socket.setReadTimeout(this.readTimeout);
	}

	@Override
	public void close() {
		CancellationSource cancellation = this.cancellation;
		if (cancellation == null) {
			return;
		}
		cancellation.onObserved(null);
		this.lock.lock();
		try {
			this.cancellation = null;
			this.handler = null;
			disarm();
			if (this.last == Finding.GONE) {
				// The request may go on without the handler, and then has to be ended.
				this.last = Finding.NOTHING;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What is to be read from a socket.
	 */
	enum Finding {

		/** Nothing, the client waits. */
		NOTHING,

		/** The client has sent a further request, or a part of it. */
		BYTES,

		/** The client has closed the connection after it got its whole answer. */
		ANSWERED,

		/** The client has closed or reset the connection before its answer. */
		GONE

	}

}
