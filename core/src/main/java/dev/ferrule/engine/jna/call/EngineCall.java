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

package dev.ferrule.engine.jna.call;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.cancellation.CancellationToken.Registration;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import org.jspecify.annotations.Nullable;

/**
 * Future of one call in flight, and the call itself: a single object, so that a call
 * costs no other. It is the listener of its cancellation token and the task that
 * completes it on the executor.
 *
 * <p>
 * Whoever completes the future from outside (cancels it, lets it time out) has lost
 * interest, so the engine is told first. The call stays in the table until the engine's
 * record arrives.
 */
public final class EngineCall extends CallFuture implements Runnable, Consumer<CancellationCause> {

	private static final VarHandle REGISTRATION;

	private static final Registration CLOSED = () -> {
	};

	private static final Signal[] SIGNALS = Signal.values();

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			REGISTRATION = lookup.findVarHandle(EngineCall.class, "registration", Registration.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final CallOwner owner;

	private final CallContext context;

	private final long deadlineNanos;

	private final int payloadBytes;

	// As small as they are, so that the object does not grow
	private final byte signal;

	private final short pipeline;

	/** Written before the call is published in the table. */
	private long id;

	/** Written by whoever took the call, before it is handed on. */
	private volatile @Nullable Object outcome;

	private @Nullable Thread deliverer;

	@SuppressWarnings("unused") // through its handle
	private volatile @Nullable Registration registration;

	/**
	 * Creates a call that is not in the table yet.
	 * @param owner takes care of the call
	 * @param context hears of it when the engine ends the call for good
	 * @param deadlineNanos deadline on the clock of the engine, in nanoseconds
	 * @param payload what is submitted; not kept
	 * @param pipeline index of the pipeline
	 */
	EngineCall(CallOwner owner, CallContext context, long deadlineNanos, TelemetryPayload payload, int pipeline) {
		this.owner = owner;
		this.context = context;
		this.deadlineNanos = deadlineNanos;
		this.payloadBytes = payload.size();
		this.signal = (byte) payload.signal().ordinal();
		this.pipeline = (short) pipeline;
	}

	public long id() {
		return this.id;
	}

	void assignId(long id) {
		this.id = id;
	}

	public long deadlineNanos() {
		return this.deadlineNanos;
	}

	public CallContext context() {
		return this.context;
	}

	public Signal signal() {
		return SIGNALS[this.signal];
	}

	public int pipeline() {
		return this.pipeline;
	}

	public int payloadBytes() {
		return this.payloadBytes;
	}

	/**
	 * Returns the outcome.
	 * @return an {@link ExportResult} or a {@link MeasuredFailure}, or {@code null}
	 * before the end
	 */
	@Nullable Object outcome() {
		return this.outcome;
	}

	/**
	 * Cancels the call when the token is cancelled, at once if it is already. Must be
	 * called after the engine accepted the call: it does not know it before.
	 * @param token token of the call
	 */
	void observe(CancellationToken token) {
		if (token == CancellationToken.none() || this.registration != null) {
			return;
		}
		Registration added = token.onCancel(this);
		if (!REGISTRATION.compareAndSet(this, null, added)) {
			added.close();
		}
	}

	/**
	 * Sets the outcome. To be called once, by whoever took the call, who then has it
	 * {@linkplain #run() run}.
	 * @param result result of the call
	 */
	void succeed(ExportResult result) {
		this.outcome = result;
	}

	void fail(MeasuredFailure failure) {
		this.outcome = failure;
	}

	/**
	 * Says which thread hands this call to an executor and must not run it.
	 * @param thread the thread, or {@code null} if any thread may run it
	 */
	void deliveredBy(@Nullable Thread thread) {
		this.deliverer = thread;
	}

	/**
	 * Returns whether the executor ran this call in the thread that handed it over, so
	 * that another one has to. To be asked by that thread.
	 * @return whether nothing was done yet
	 */
	boolean ranInDeliverer() {
		return this.deliverer == null;
	}

	/**
	 * Completes the future with the outcome, unless its caller is just completing it.
	 * What hangs on the future and on the token runs here, so this does nothing in the
	 * thread that delivers.
	 */
	@Override
	public void run() {
		if (Thread.currentThread() == this.deliverer) {
			this.deliverer = null;
			return;
		}
		Registration registered = (Registration) REGISTRATION.getAndSet(this, CLOSED);
		if (registered == CLOSED) {
			// An executor may run a task and then claim that it refused it
			return;
		}
		try {
			if (registered != null) {
				registered.close();
			}
		}
		finally {
			try {
				completeUnlessAbandoned();
			}
			finally {
				// The caller has its outcome by now, which says more
				afterOutcome();
			}
		}
	}

	private void afterOutcome() {
		try {
			if (this.outcome instanceof MeasuredFailure failure) {
				ContextCancellation.after(this.context, failure.exception().failure());
			}
		}
		finally {
			this.owner.ended(this);
		}
	}

	private void completeUnlessAbandoned() {
		if (this.outcome instanceof MeasuredFailure failure) {
			deliver(failure.exception());
		}
		else if (this.outcome instanceof ExportResult result) {
			deliver(result);
		}
	}

	/**
	 * Cancels the call in the engine because its token was cancelled. If that is because
	 * the deadline passed, the engine ends the call with the right outcome itself, unless
	 * it is not the deadline of this call.
	 */
	@Override
	public void accept(CancellationCause cause) {
		if (cause != CancellationCause.DEADLINE) {
			this.owner.cancel(this, cause);
		}
		else if (this.context.deadline() == null) {
			this.owner.cancel(this, CancellationCause.APPLICATION);
		}
	}

	@Override
	void onAbandoned() {
		this.owner.cancel(this, CancellationCause.APPLICATION);
	}

}
