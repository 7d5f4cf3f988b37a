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

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.ferrule.SafeLog;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Delivery of outcomes: completes futures on the configured executor, because what the
 * application hangs on them may block. If the executor refuses, or runs tasks in the
 * thread that hands them over, a thread of the engine does it: an outcome is never lost,
 * and nobody waits for what the application does.
 */
public final class OutcomeDelivery {

	/** What calls end with that the engine did not end before it stopped. */
	public static final Failure SHUT_DOWN = Failure.cancelled(CancellationCause.SHUTDOWN,
			"The engine stopped before the call had an outcome.");

	/** What calls end with when the engine ended by itself. */
	public static final Failure LOST = new Failure(ErrorKind.RETRYABLE, 0, 0, 0, false, CallSubmitter.RETRY_DELAY, null,
			true, "The engine ended unexpectedly, it is not known whether the data was delivered.", null);

	private static final long IDLE_SECONDS = 10;

	private final Executor executor;

	private final ThreadPoolExecutor fallback;

	private final CallStatistics statistics;

	private final SafeLog log = SafeLog.limited(OutcomeDelivery.class);

	public OutcomeDelivery(Executor executor, String namePrefix, CallStatistics statistics) {
		this.executor = executor;
		this.statistics = statistics;
		this.fallback = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				EngineThreadFactory.factory(namePrefix + "-completion"));
		this.fallback.allowCoreThreadTimeOut(true);
	}

	/**
	 * Finishes a call with a result. Never throws.
	 * @param call call that the caller took out of the table
	 * @param result result of the call
	 */
	void succeed(EngineCall call, ExportResult result) {
		this.statistics.succeeded();
		call.succeed(result);
		deliver(call);
	}

	/**
	 * Finishes a call with a failure. Never throws.
	 * @param call call that the caller took out of the table
	 * @param failure failure of the call
	 */
	public void fail(EngineCall call, TelemetryEngineException failure) {
		fail(call, MeasuredFailure.atOnce(failure));
	}

	/**
	 * Finishes a call with a failure. Never throws.
	 * @param call call that the caller took out of the table
	 * @param failure failure of the call
	 */
	public void fail(EngineCall call, MeasuredFailure failure) {
		this.statistics.failed(failure.exception().kind());
		call.fail(failure);
		deliver(call);
	}

	private void deliver(EngineCall call) {
		call.deliveredBy(Thread.currentThread());
		try {
			this.executor.execute(call);
			if (call.ranInDeliverer()) {
				deliverOnFallback(call);
			}
			// This thread may belong to the executor and run the call later
			call.deliveredBy(null);
		}
		catch (Throwable ex) {
			call.deliveredBy(null);
			this.statistics.executorRejection();
			deliverOnFallback(call);
			this.log.warn("The executor refused to complete a telemetry call, a thread of the engine does it", ex);
		}
	}

	/**
	 * Delivers an outcome that has waited for the executor until now. Never throws.
	 * @param call a call with its outcome
	 */
	public void rescue(EngineCall call) {
		this.statistics.executorRejection();
		deliverOnFallback(call);
		this.log.warn("The executor let an outcome wait beyond the deadline, a thread of the engine delivers it", null);
	}

	private void deliverOnFallback(EngineCall call) {
		try {
			this.fallback.execute(call);
		}
		catch (Throwable ex) {
			// No thread to be had: better on this one than never
			call.run();
		}
	}

}
