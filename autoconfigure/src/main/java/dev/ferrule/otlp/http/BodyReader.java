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

package dev.ferrule.otlp.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.ReservedBody;
import dev.ferrule.otlp.ReservedBody.BodyTooLargeException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader of a request body into memory of the engine, without blocking a thread. Its lock
 * guards the memory: nobody gives it back while the container is writing to it.
 *
 * <p>
 * Once the request is answered, what still arrives is dropped, within bounds: a client
 * that is still sending would lose the answer if the connection were closed at once.
 */
final class BodyReader implements ReadListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BodyReader.class);

	/** How long what still arrives is dropped after an answer. */
	static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How much of it. */
	private static final int LINGER_BYTES = 2 * 1024 * 1024;

	private static final int LINGER_CHUNK = 8 * 1024;

	private final ServletInputStream input;

	private final ReservedBody body;

	private final HttpExchange exchange;

	private final BodyAlarm alarm;

	private boolean closed;

	private int dropped;

	BodyReader(ServletInputStream input, ReservedBody body, HttpExchange exchange, BodyAlarm alarm) {
		this.input = input;
		this.body = body;
		this.exchange = exchange;
		this.alarm = alarm;
	}

	void start() throws IOException {
		// Asked first: once there is a listener, Tomcat says that nothing is ready
		// although it is about to call it.
		boolean coming = this.input.available() > 0;
		this.input.setReadListener(this);
		if (!coming && !this.input.isFinished()) {
			awaitMore();
		}
	}

	// The container may have begun to read meanwhile.
	private synchronized void awaitMore() {
		this.alarm.await(this.body.received());
	}

	/**
	 * Goes on after a dispatch, which takes the listener away in some containers.
	 */
	void resume() {
		try {
			this.input.setReadListener(this);
		}
		catch (IllegalStateException ex) {
			logger.trace("The container still has the listener", ex);
		}
	}

	boolean isFinished() {
		return this.input.isFinished();
	}

	@Override
	public synchronized void onDataAvailable() {
		try {
			if (!this.closed) {
				read();
			}
			if (this.closed) {
				drop();
			}
		}
		catch (IOException ex) {
			onError(ex);
		}
	}

	private void read() throws IOException {
		try {
			boolean more = true;
			while (more && this.input.isReady()) {
				more = this.body.readFrom(this.input::read);
			}
			if (more && !this.input.isFinished()) {
				this.alarm.await(this.body.received());
			}
		}
		catch (BodyTooLargeException ex) {
			this.exchange.refuseWhileReading(EdgeRefusals.tooLarge(this.body.limit()));
		}
		catch (RuntimeException ex) {
			this.exchange.failWhileReading(ex);
		}
	}

	private void drop() throws IOException {
		byte[] chunk = new byte[LINGER_CHUNK];
		while (this.input.isReady()) {
			int count = this.input.read(chunk);
			this.dropped += Math.max(0, count);
			if (count < 0 || this.dropped > LINGER_BYTES) {
				this.exchange.onLingerOver();
				return;
			}
		}
	}

	@Override
	public void onAllDataRead() {
		PayloadBuffer memory;
		synchronized (this) {
			if (this.closed) {
				this.exchange.onLingerOver();
				return;
			}
			this.closed = true;
			this.alarm.clear();
			memory = this.body.take();
		}
		this.exchange.onBody(memory);
	}

	@Override
	public void onError(Throwable error) {
		close();
		if (error instanceof SocketTimeoutException) {
			this.exchange.refuseAfterReadError(EdgeRefusals.DEADLINE);
		}
		else if (error instanceof EOFException || error.getCause() != null) {
			this.exchange.onClientGone();
		}
		else {
			this.exchange.refuseAfterReadError(EdgeRefusals.MALFORMED_BODY);
		}
	}

	/**
	 * Gives the memory back unless it was handed over.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		this.alarm.clear();
		this.body.close();
	}

}
