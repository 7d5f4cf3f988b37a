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
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * NIO endpoint that lets blocked handlers know what happens at their sockets.
 */
final class WatchingNioEndpoint extends NioEndpoint {

	/** So many listeners can block before others wait for them. */
	private static final int TELLERS = 4;

	private static final int IDLE_SECONDS = 10;

	private final Map<SocketWrapperBase<?>, SocketWatch> blocked = new ConcurrentHashMap<>();

	private final Executor tellers = tellers();

	private static Executor tellers() {
		ThreadPoolExecutor tellers = new ThreadPoolExecutor(TELLERS, TELLERS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, "ferrule-tomcat-disconnect");
					thread.setDaemon(true);
					return thread;
				});
		tellers.allowCoreThreadTimeOut(true);
		return tellers;
	}

	void addBlocked(SocketWrapperBase<?> socket, SocketWatch watch) {
		this.blocked.put(socket, watch);
	}

	void removeBlocked(SocketWrapperBase<?> socket) {
		this.blocked.remove(socket);
	}

	/**
	 * Runs what tells others that a client left, in whose hands it is how long that
	 * takes: the poller serves all connections.
	 * @param task what to run
	 */
	void tell(Runnable task) {
		this.tellers.execute(task);
	}

	// The threads of the container may all be blocked, so the poller itself looks.
	@Override
	public boolean processSocket(SocketWrapperBase<NioChannel> socket, SocketEvent event, boolean dispatch) {
		SocketWatch watch = (event == SocketEvent.OPEN_READ && socket != null) ? this.blocked.get(socket) : null;
		if (watch != null && watch.onReadable()) {
			return true;
		}
		return super.processSocket(socket, event, dispatch);
	}

	@Override
	protected NioChannel createChannel(SocketBufferHandler buffers) {
		return isSSLEnabled() ? new ExclusiveSecureChannel(buffers, this) : super.createChannel(buffers);
	}

	/**
	 * Reads and writes one at a time: the one who peeks is not the one who writes the
	 * answer, and reading may have to answer the TLS peer.
	 */
	private static final class ExclusiveSecureChannel extends SecureNioChannel {

		private final ReentrantLock lock = new ReentrantLock();

		ExclusiveSecureChannel(SocketBufferHandler buffers, NioEndpoint endpoint) {
			super(buffers, endpoint);
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			this.lock.lock();
			try {
				return super.read(target);
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public int write(ByteBuffer source) throws IOException {
			this.lock.lock();
			try {
				return super.write(source);
			}
			finally {
				this.lock.unlock();
			}
		}

	}

}
