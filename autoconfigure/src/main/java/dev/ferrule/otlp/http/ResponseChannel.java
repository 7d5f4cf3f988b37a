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

import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import dev.ferrule.SafeLog;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Way of the response back to the client, which only one may take. Whoever takes the
 * answer gives it, and nobody else writes; writing never throws.
 */
final class ResponseChannel implements WriteListener {

	private static final SafeLog log = SafeLog.of(ResponseChannel.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ResponseOutput output;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean taken = new AtomicBoolean();

	private final ReentrantLock writing = new ReentrantLock();

	private volatile AsyncContext async;

	private volatile boolean lingering;

	private volatile boolean lingerOver;

	ResponseChannel(AsyncContext async, HttpServletRequest request, HttpServletResponse response,
			ResponseWriter answers, ScheduledExecutorService timer) throws IOException {
		this.async = async;
		this.request = request;
		this.response = response;
		this.output = new ResponseOutput(request, response, answers);
		this.timer = timer;
	}

	HttpServletRequest request() {
		return this.request;
	}

	void start(AsyncListener listener, long timeoutMillis) {
		listen(listener, timeoutMillis);
		this.output.listen(this);
	}

	private void listen(AsyncListener listener, long timeoutMillis) {
		this.async.setTimeout(timeoutMillis);
		this.async.addListener(listener);
	}

	boolean isTaken() {
		return this.taken.get();
	}

	boolean take() {
		return this.taken.compareAndSet(false, true);
	}

	private @Nullable Future<?> schedule(Runnable task, long nanos) {
		try {
			return this.timer.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The application is going down, and the container with its own timeout is
			// there.
			return null;
		}
	}

	/**
	 * Gives the answer, or as much of it as the client takes at once; the container does
	 * the rest.
	 * @param answer the answer, which the caller took
	 * @param afterwards what to do when all of it is on its way
	 */
	void send(EncodedResponse answer, Runnable afterwards) {
		proceed(() -> {
			this.output.set(answer, afterwards);
			return this.output.advance();
		});
	}

	/**
	 * Returns whether the client does not take the answer.
	 * @return whether there is an answer of which something is left
	 */
	boolean isStalled() {
		this.writing.lock();
		try {
			return this.output.isPending();
		}
		finally {
			this.writing.unlock();
		}
	}

	void writeStatus(int status) {
		proceed(() -> {
			this.response.setStatus(status);
			return null;
		});
	}

	@Override
	public void onWritePossible() {
		proceed(this.output::advance);
	}

	@Override
	public void onError(Throwable error) {
		// Without an answer, others hear of it
		if (isStalled()) {
			log.debug("Client left before the answer was written", error);
			complete();
		}
	}

	private void proceed(Step step) {
		Runnable next = this::complete;
		this.writing.lock();
		try {
			next = step.run();
		}
		catch (IOException | IllegalStateException ex) {
			log.debug("Client left before the answer was written", ex);
		}
		catch (RuntimeException ex) {
			log.error("Answer could not be written", ex);
		}
		finally {
			this.writing.unlock();
		}
		if (next != null) {
			next.run();
		}
	}

	/**
	 * Has the container call the servlet again, once it is done with what it is doing.
	 */
	void dispatch() {
		try {
			this.async.dispatch();
		}
		catch (IllegalStateException ex) {
			log.debug("Client left before the request was dispatched", ex);
			complete();
		}
	}

	/**
	 * Keeps the request open after a dispatch. To be called by the container.
	 * @param listener listens on
	 * @param timeoutMillis when the container ends it
	 */
	void restart(AsyncListener listener, long timeoutMillis) {
		this.async = this.request.startAsync(this.request, this.response);
		listen(listener, timeoutMillis);
	}

	/**
	 * Keeps the request open for a while after its answer, for what still arrives.
	 */
	void linger() {
		this.lingering = true;
		if (this.lingerOver || schedule(this::complete, BodyReader.LINGER_NANOS) == null) {
			complete();
		}
	}

	void endLinger() {
		this.lingerOver = true;
		if (this.lingering) {
			complete();
		}
	}

	/**
	 * Completes the request, but not before an answer that is being written: the
	 * container gives the response to the next request.
	 */
	void complete() {
		this.writing.lock();
		try {
			this.async.complete();
		}
		catch (IllegalStateException ex) {
			log.trace("Request is complete already", ex);
		}
		finally {
			this.writing.unlock();
		}
	}

	private interface Step {

		@Nullable Runnable run() throws IOException;

	}

}
