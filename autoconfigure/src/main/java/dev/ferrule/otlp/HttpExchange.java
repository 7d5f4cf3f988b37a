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

package dev.ferrule.otlp;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.error.TranslatedError;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One accepted request on its way from the first byte of its body to its answer.
 *
 * <p>
 * Several threads may want to end it: the container (read error, client gone, last net),
 * the timer (deadline while reading), the engine (outcome). Whoever takes the answer
 * gives it, and nobody else writes.
 */
final class HttpExchange implements AsyncListener {

	private static final Log logger = LogFactory.getLog(HttpExchange.class);

	/** How much later than the engine the container ends a request, in milliseconds. */
	private static final long NET_MILLIS = 5_000;

	private static final int CLIENT_CLOSED_REQUEST = 499;

	private final AsyncContext async;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final HttpPlan plan;

	private final HttpAnswers answers;

	private final ScheduledExecutorService timer;

	private final BodyReader reader;

	private final AtomicBoolean answered = new AtomicBoolean();

	private volatile @Nullable Future<?> alarm;

	HttpExchange(AsyncContext async, HttpServletRequest request, HttpServletResponse response, HttpPlan plan,
			ReservedBody body, HttpAnswers answers, ScheduledExecutorService timer) throws IOException {
		this.async = async;
		this.request = request;
		this.response = response;
		this.plan = plan;
		this.answers = answers;
		this.timer = timer;
		this.reader = new BodyReader(request.getInputStream(), body, this);
	}

	void start() {
		Deadline deadline = this.plan.context().deadline();
		this.async.setTimeout((deadline != null)
				? TimeUnit.NANOSECONDS.toMillis(Math.max(0, deadline.remainingNanos())) + NET_MILLIS : 0);
		this.async.addListener(this);
		this.reader.start();
	}

	/**
	 * Sees to it that the deadline ends a request whose body does not come. Not needed
	 * where all of it is there at once, as usual.
	 */
	void onBodyAwaited() {
		Deadline deadline = this.plan.context().deadline();
		if (deadline != null && this.alarm == null) {
			this.alarm = schedule(() -> refuseWhileReading(Refusals.DEADLINE), deadline.remainingNanos());
		}
	}

	void onBody(PayloadBuffer memory) {
		clearAlarm();
		Deadline deadline = this.plan.context().deadline();
		HttpCall call = this.plan.call();
		if (this.answered.get() || (deadline != null && deadline.isExpired())) {
			memory.close();
			refuse(Refusals.DEADLINE);
			return;
		}
		if (call.isEmptyRequest(memory.buffer().position())) {
			memory.close();
			succeed(ExportResponse.empty(call.encoding()));
			return;
		}
		CompletableFuture<ExportResult> outcome;
		try {
			outcome = this.plan.engine()
				.submit(call.payload(memory, this.plan.options().lenientJson()), this.plan.context());
		}
		catch (RuntimeException ex) {
			memory.close();
			fail(ex);
			return;
		}
		outcome.whenComplete(this::onOutcome);
	}

	private void onOutcome(@Nullable ExportResult result, @Nullable Throwable failure) {
		if (failure != null) {
			fail(failure);
		}
		else if (result != null) {
			HttpCall call = this.plan.call();
			succeed(ExportResponse.encode(call.encoding(), call.signal(), result));
		}
	}

	private void succeed(byte[] message) {
		answer(() -> this.answers.write(this.request, this.response, HttpServletResponse.SC_OK,
				this.plan.call().encoding(), message));
	}

	private void fail(Throwable failure) {
		answer(() -> this.answers.fail(this.request, this.response, this.plan.call().encoding(), failure));
	}

	private void refuse(TranslatedError error) {
		answer(() -> this.answers.refuse(this.request, this.response, this.plan.call().encoding(), error));
	}

	private void answer(Answer answer) {
		if (takeAnswer()) {
			write(answer);
			complete();
		}
	}

	void refuseWhileReading(TranslatedError error) {
		answerWhileReading(() -> this.answers.refuse(this.request, this.response, this.plan.call().encoding(), error));
	}

	void failWhileReading(Throwable failure) {
		answerWhileReading(() -> this.answers.fail(this.request, this.response, this.plan.call().encoding(), failure));
	}

	private void answerWhileReading(Answer answer) {
		if (!takeAnswer()) {
			return;
		}
		boolean written = write(() -> {
			HttpAnswers.close(this.request, this.response);
			answer.write();
			this.response.flushBuffer();
		});
		// The reader drops what still arrives, and completes.
		this.reader.close();
		if (!written || schedule(this::complete, BodyReader.LINGER_NANOS) == null) {
			complete();
		}
	}

	// Tomcat, unlike others, lets no answer through after a read error; it just closes.
	void refuseAfterReadError(TranslatedError error) {
		answer(() -> {
			HttpAnswers.close(this.request, this.response);
			this.answers.refuse(this.request, this.response, this.plan.call().encoding(), error);
		});
		complete();
	}

	void onClientGone() {
		// The answer comes first: cancelling may complete the call on this very thread.
		if (takeAnswer()) {
			this.reader.close();
			write(() -> this.response.setStatus(CLIENT_CLOSED_REQUEST));
		}
		this.plan.cancellation().cancel(CancellationCause.CLIENT);
		complete();
	}

	private boolean takeAnswer() {
		if (!this.answered.compareAndSet(false, true)) {
			return false;
		}
		clearAlarm();
		return true;
	}

	private boolean write(Answer answer) {
		try {
			answer.write();
			return true;
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("Client left before the answer was written", ex);
			return false;
		}
	}

	void complete() {
		try {
			this.async.complete();
		}
		catch (IllegalStateException ex) {
			logger.trace("Request is complete already", ex);
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

	private void clearAlarm() {
		Future<?> alarm = this.alarm;
		if (alarm != null) {
			alarm.cancel(false);
		}
	}

	@Override
	public void onError(AsyncEvent event) {
		onClientGone();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		if (!this.answered.get()) {
			onClientGone();
		}
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		if (takeAnswer()) {
			logger.error("OTLP request got no outcome from the engine");
			this.reader.close();
			this.plan.cancellation().cancel(CancellationCause.APPLICATION);
			write(() -> this.answers.refuse(this.request, this.response, this.plan.call().encoding(),
					Refusals.NO_OUTCOME));
		}
		complete();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Nobody starts it again.
	}

	private interface Answer {

		void write() throws IOException;

	}

}
