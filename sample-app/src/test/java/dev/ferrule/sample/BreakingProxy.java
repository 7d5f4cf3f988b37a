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

package dev.ferrule.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in front of a server and resets connections when told to.
 */
final class BreakingProxy implements AutoCloseable {

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ServerSocket listener;

	private final int target;

	/**
	 * Starts to listen.
	 * @param target port of the server
	 * @throws IOException if it fails
	 */
	BreakingProxy(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.threads.execute(this::accept);
	}

	String endpoint() {
		return "http://127.0.0.1:" + this.listener.getLocalPort();
	}

	/**
	 * Resets all connections.
	 */
	void breakConnections() {
		for (Socket socket : this.sockets) {
			try {
				socket.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// Already closed
			}
			close(socket);
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		breakConnections();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				pump(client, server);
				pump(server, client);
			}
			catch (IOException ex) {
				// Closed, or the server is
			}
		}
	}

	private void pump(Socket from, Socket to) throws IOException {
		from.setTcpNoDelay(true);
		this.sockets.add(from);
		this.threads.execute(() -> {
			try (from; to) {
				from.getInputStream().transferTo(to.getOutputStream());
			}
			catch (IOException ex) {
				// Reset
			}
			finally {
				this.sockets.remove(from);
			}
		});
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Already closed
		}
	}

}
