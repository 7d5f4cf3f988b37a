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
import java.util.concurrent.CompletableFuture;

import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.TelemetryEngineException;

/**
 * Future that tells the engine's outcome from what others complete it with, and keeps who
 * was first. Thread-safe.
 */
abstract class CallFuture extends CompletableFuture<ExportResult> {

	private static final VarHandle STATE;

	/** Its caller has lost interest. */
	private static final byte ABANDONED = 1;

	/** Somebody has its outcome and must deliver it. */
	private static final byte TAKEN = 2;

	/** Its outcome waited for the executor for too long. */
	private static final byte RESCUED = 4;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(CallFuture.class, "state", byte.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile byte state;

	/**
	 * Takes the call.
	 * @return whether the caller must finish it
	 */
	boolean take() {
		return enter(TAKEN);
	}

	boolean isTaken() {
		return (this.state & TAKEN) != 0;
	}

	/**
	 * Takes the delivery of an outcome that waits for too long.
	 * @return whether the caller must deliver it
	 */
	boolean rescue() {
		return enter(RESCUED);
	}

	private boolean enter(byte flag) {
		return ((byte) STATE.getAndBitwiseOr(this, flag) & flag) == 0;
	}

	/**
	 * Completes with the result of the engine, unless a caller is just completing it.
	 * @param result result of the call
	 */
	final void deliver(ExportResult result) {
		if ((this.state & ABANDONED) == 0) {
			super.complete(result);
		}
	}

	final void deliver(TelemetryEngineException failure) {
		if ((this.state & ABANDONED) == 0) {
			super.completeExceptionally(failure);
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		abandon();
		return super.cancel(mayInterruptIfRunning);
	}

	@Override
	public boolean complete(ExportResult value) {
		abandon();
		return super.complete(value);
	}

	@Override
	public boolean completeExceptionally(Throwable ex) {
		abandon();
		return super.completeExceptionally(ex);
	}

	@Override
	public void obtrudeValue(ExportResult value) {
		abandon();
		super.obtrudeValue(value);
	}

	@Override
	public void obtrudeException(Throwable ex) {
		abandon();
		super.obtrudeException(ex);
	}

	private void abandon() {
		// Tells the engine before the future completes, because dependents run inside of
		// that and may take their time. The flag keeps the engine's answer from
		// completing the future first: whoever sets it goes on to complete the future
		if (!isDone() && enter(ABANDONED)) {
			onAbandoned();
		}
	}

	/**
	 * Called when somebody other than the engine is about to complete the call.
	 */
	abstract void onAbandoned();

}
