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

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Way of the response back to the client, which only one may take. Whoever takes the
 * answer gives it, and nobody else writes; writing never throws.
 */
final class ResponseChannel {

	private static final Logger logger = LoggerFactory.getLogger(ResponseChannel.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ResponseWriter answers;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean taken = new AtomicBoolean();

	private final ReentrantLock writing = new ReentrantLock();

	private volatile AsyncContext async;

	private volatile @Nullable Future<?> alarm;

	private volatile boolean lingering;

	ResponseChannel(AsyncContext async, HttpServletRequest request, HttpServletResponse response,
			ResponseWriter answers, ScheduledExecutorService timer) {
		this.async = async;
		this.request = request;
		this.response = response;
		this.answers = answers;
		this.timer = timer;
	}

	HttpServletRequest request() {
		return this.request;
	}

	void listen(AsyncListener listener, long timeoutMillis) {
		this.async.setTimeout(timeoutMillis);
		this.async.addListener(listener);
	}

	boolean isTaken() {
		return this.taken.get();
	}

	boolean take() {
		if (!this.taken.compareAndSet(false, true)) {
			return false;
		}
		clearAlarm();
		return true;
	}

	/**
	 * Sets the alarm unless it is set. Called by one thread at a time.
	 * @param task what to do, on the timer
	 * @param nanos when to do it
	 */
	void setAlarm(Runnable task, long nanos) {
		if (this.alarm == null) {
			this.alarm = schedule(task, nanos);
		}
	}

	void clearAlarm() {
		Future<?> alarm = this.alarm;
		if (alarm != null) {
			alarm.cancel(false);
		}
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

	boolean write(EncodedResponse answer) {
		return write(() -> this.answers.write(this.request, this.response, answer));
	}

	boolean writeAndFlush(EncodedResponse answer) {
		return write(() -> {
			this.answers.write(this.request, this.response, answer);
			this.response.flushBuffer();
		});
	}

	void writeStatus(int status) {
		write(() -> this.response.setStatus(status));
	}

	private boolean write(Output output) {
		this.writing.lock();
		try {
			output.write();
			return true;
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("Client left before the answer was written", ex);
		}
		catch (RuntimeException ex) {
			logger.error("Answer could not be written", ex);
		}
		finally {
			this.writing.unlock();
		}
		return false;
	}

	/**
	 * Has the container call the servlet again, once it is done with what it is doing.
	 */
	void dispatch() {
		try {
			this.async.dispatch();
		}
		catch (IllegalStateException ex) {
			logger.debug("Client left before the request was dispatched", ex);
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
		if (schedule(this::complete, BodyReader.LINGER_NANOS) == null) {
			complete();
		}
	}

	void endLinger() {
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
			logger.trace("Request is complete already", ex);
		}
		finally {
			this.writing.unlock();
		}
	}

	private interface Output {

		void write() throws IOException;

	}

}
