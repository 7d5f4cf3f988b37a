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

package dev.ferrule.observability;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.ferrule.engine.ExportResult;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The future of a call whose end stops an observation. Whoever completes it from outside
 * completes the future of the engine, which then knows that nobody waits any more.
 */
final class ObservedCall extends ContextPropagatingFuture<ExportResult> {

	private static final Logger logger = LoggerFactory.getLogger(ObservedCall.class);

	private final CompletableFuture<ExportResult> call;

	private final Observation observation;

	private final @Nullable SubmitObservationContext observed;

	/**
	 * Follows a call.
	 * @param call future of the engine
	 * @param observation observation of the call, started
	 * @param observed its context, or {@code null} if nobody observes
	 * @param context as for {@link ContextPropagatingFuture}
	 */
	ObservedCall(CompletableFuture<ExportResult> call, Observation observation,
			@Nullable SubmitObservationContext observed, Executor context) {
		super(context);
		this.call = call;
		this.observation = observation;
		this.observed = observed;
	}

	/**
	 * Begins to follow the call.
	 * @return this
	 */
	ObservedCall follow() {
		this.call.whenComplete(this::onOutcome);
		return this;
	}

	private void onOutcome(@Nullable ExportResult result, @Nullable Throwable failure) {
		stop(result, failure);
		context().execute(() -> {
			if (failure != null) {
				super.completeExceptionally(failure);
			}
			else {
				super.complete(result);
			}
		});
	}

	// The handlers belong to the application and must not cost the call its outcome.
	private void stop(@Nullable ExportResult result, @Nullable Throwable failure) {
		try {
			if (this.observed != null) {
				this.observed.result(result);
			}
			if (failure != null) {
				this.observation.error(failure);
			}
			this.observation.stop();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Observation of a submission could not be stopped", ex);
		}
	}

	// If the engine's future is completed here, its dependent above may still be on its
	// way in another thread, but the caller expects this future to be complete.
	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (this.call.cancel(mayInterruptIfRunning)) {
			super.cancel(mayInterruptIfRunning);
		}
		return isCancelled();
	}

	@Override
	public boolean complete(ExportResult value) {
		boolean completed = this.call.complete(value);
		if (completed) {
			super.complete(value);
		}
		return completed;
	}

	@Override
	public boolean completeExceptionally(Throwable ex) {
		boolean completed = this.call.completeExceptionally(ex);
		if (completed) {
			super.completeExceptionally(ex);
		}
		return completed;
	}

	@Override
	public void obtrudeValue(ExportResult value) {
		this.call.obtrudeValue(value);
		super.obtrudeValue(value);
	}

	@Override
	public void obtrudeException(Throwable ex) {
		this.call.obtrudeException(ex);
		super.obtrudeException(ex);
	}

}
