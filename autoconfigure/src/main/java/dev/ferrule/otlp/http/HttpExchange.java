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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.SafeLog;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.error.HttpCodes;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.ExportResponseEncoder;
import dev.ferrule.otlp.ReservedBody;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Exchange of one accepted request, from the first byte of its body to its response.
 *
 * <p>
 * Several threads may want to end it: the container (read error, client gone, last net),
 * the timer (deadline while reading), the engine (outcome). Whoever takes the answer
 * gives it; the timer leaves the writing to the container.
 */
final class HttpExchange implements AsyncListener {

	private static final SafeLog log = SafeLog.of(HttpExchange.class);

	/** How much later than the engine the container ends a request, in milliseconds. */
	private static final long NET_MILLIS = 5_000;

	private static final String ATTRIBUTE = HttpExchange.class.getName();

	/** Request attribute with a {@link Runnable} that sends 100 (Continue), if any. */
	static final String CONTINUE = ATTRIBUTE + ".continue";

	private final AcceptedRequest plan;

	private final ResponseWriter answers;

	private final ResponseChannel reply;

	private final BodyReader reader;

	/** Why the wait for the body ended. */
	private volatile TranslatedError lateness = EdgeRefusals.DEADLINE;

	HttpExchange(AcceptedRequest plan, ResponseWriter answers, ResponseChannel reply, ReservedBody body)
			throws IOException {
		this.plan = plan;
		this.answers = answers;
		this.reply = reply;
		this.reader = new BodyReader(reply.request().getInputStream(), body, this, new BodyAlarm(plan, this));
	}

	/**
	 * Returns the exchange of a request that was dispatched.
	 * @param request the request
	 * @return its exchange, or {@code null} if it has none
	 */
	static @Nullable HttpExchange of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof HttpExchange exchange) ? exchange : null;
	}

	void start() throws IOException {
		this.reply.request().setAttribute(ATTRIBUTE, this);
		Deadline deadline = this.plan.context().deadline();
		this.reply.start(this, (deadline != null)
				? TimeUnit.NANOSECONDS.toMillis(Math.max(0, deadline.remainingNanos())) + NET_MILLIS : 0);
		if (this.reply.request().getAttribute(CONTINUE) instanceof Runnable sendContinue) {
			sendContinue.run();
		}
		this.reader.start();
	}

	void onBody(PayloadBuffer memory) {
		Deadline deadline = this.plan.context().deadline();
		RequestHead call = this.plan.call();
		if (this.reply.isTaken() || (deadline != null && deadline.isExpired())) {
			memory.close();
			refuse(EdgeRefusals.DEADLINE);
			return;
		}
		if (call.isEmptyRequest(memory.buffer().position())) {
			memory.close();
			answer(EncodedResponse.ok(call.encoding(), ExportResponseEncoder.empty(call.encoding())));
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
		try {
			if (result != null) {
				answer(this.answers.success(this.plan.call(), result));
			}
			else {
				fail((failure != null) ? failure : new IllegalStateException("Neither a result nor a failure"));
			}
		}
		catch (RuntimeException | Error ex) {
			// Nobody above would tell the client
			answer(EncodedResponse.internalError(this.plan.call().encoding()));
			log.error("Outcome could not be answered", ex);
		}
	}

	private void fail(Throwable failure) {
		if (!this.reply.isTaken()) {
			answer(this.answers.failure(this.plan.call().encoding(), failure));
		}
	}

	private void refuse(TranslatedError error) {
		answer(refusal(error));
	}

	private EncodedResponse refusal(TranslatedError error) {
		return this.answers.refusal(this.plan.call().encoding(), error);
	}

	private void answer(EncodedResponse answer) {
		if (this.reply.take()) {
			this.reply.send(answer, this.reply::complete);
		}
	}

	void refuseWhileReading(TranslatedError error) {
		answerWhileReading(refusal(error));
	}

	void failWhileReading(Throwable failure) {
		answerWhileReading(this.answers.failure(this.plan.call().encoding(), failure));
	}

	// On a thread of the container.
	private void answerWhileReading(EncodedResponse answer) {
		if (!this.reply.take()) {
			return;
		}
		// The reader drops what still arrives, and tells when that is over.
		this.reader.close();
		this.reply.send(answer.closing(), this.reply::linger);
	}

	void onLingerOver() {
		this.reply.endLinger();
	}

	// On the timer, which neither reads nor writes: the container may be about to do so.
	void onLateBody(TranslatedError lateness) {
		if (this.reply.take()) {
			this.lateness = lateness;
			this.reader.close();
			this.reply.dispatch();
		}
	}

	/**
	 * Answers that the body did not come in time. Called by the container, after whatever
	 * it was doing with the request.
	 */
	void onDispatch() {
		this.reply.send(refusal(this.lateness).closing(), () -> {
			if (!this.reader.isFinished()) {
				this.reply.restart(this, NET_MILLIS);
				this.reader.resume();
				this.reply.linger();
			}
		});
	}

	// Tomcat, unlike others, lets no answer through after a read error; it just closes.
	void refuseAfterReadError(TranslatedError error) {
		answer(refusal(error).closing());
		this.reply.complete();
	}

	void onClientGone() {
		try {
			// The answer comes first: cancelling may complete the call on this very
			// thread.
			if (this.reply.take()) {
				this.reader.close();
				this.reply.writeStatus(HttpCodes.CLIENT_CLOSED_REQUEST);
			}
			this.plan.cancellation().cancel(CancellationCause.CLIENT);
		}
		finally {
			this.reply.complete();
		}
	}

	@Override
	public void onError(AsyncEvent event) {
		onClientGone();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		if (!this.reply.isTaken()) {
			onClientGone();
		}
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		if (this.reply.take()) {
			try {
				log.error("OTLP request got no outcome from the engine", null);
				this.reader.close();
				this.plan.cancellation().cancel(CancellationCause.APPLICATION);
				this.reply.send(refusal(EdgeRefusals.NO_OUTCOME), () -> {
				});
			}
			finally {
				this.reply.complete();
			}
		}
		else if (!this.reply.isStalled()) {
			this.reply.complete();
		}
		// Else the container cuts off a client that does not take its answer
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Started again only to linger, and listens then.
	}

}
