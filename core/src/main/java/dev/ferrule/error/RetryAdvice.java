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

package dev.ferrule.error;

import java.time.Duration;

import dev.ferrule.cancellation.CancellationCause;

/**
 * Advice on whether, and when, to send the same data again after a failure. <pre
 * class="code"> RetryAdvice advice = RetryAdvice.of(failure); if (advice.retryable()) {
 * scheduler.schedule(this::send, longer(advice.delay(), backoff)); }</pre>
 * <p>
 * {@link #isRetryable(Throwable)} serves as the predicate of libraries that retry.
 *
 * @param retryable whether sending again may help
 * @param delay how long to wait at least, as the engine or the downstream asked for; zero
 * if nobody did or nothing is to be sent again
 */
public record RetryAdvice(boolean retryable, Duration delay) {

	private static final RetryAdvice NEVER = new RetryAdvice(false, Duration.ZERO);

	private static final RetryAdvice ANY_TIME = new RetryAdvice(true, Duration.ZERO);

	/**
	 * Returns the advice for what a call ended with. Nothing is to be sent again after a
	 * permanent failure, after a call that was cancelled because its client left or the
	 * application wanted it, and after anything that is not a
	 * {@link TelemetryEngineException}, which may be a bug.
	 * @param error any throwable; {@linkplain TelemetryEngineException#find wrappers} are
	 * looked through
	 * @return the advice
	 */
	public static RetryAdvice of(Throwable error) {
		TelemetryEngineException exception = TelemetryEngineException.find(error);
		if (exception == null || exception.isPermanent() || isUnwanted(exception)) {
			return NEVER;
		}
		Duration delay = exception.retryDelay();
		return (delay != null) ? new RetryAdvice(true, delay) : ANY_TIME;
	}

	/**
	 * Returns whether sending again may help.
	 * @param error any throwable, as for {@link #of(Throwable)}
	 * @return whether sending again may help
	 */
	public static boolean isRetryable(Throwable error) {
		return of(error).retryable();
	}

	private static boolean isUnwanted(TelemetryEngineException exception) {
		CancellationCause cause = exception.failure().cause();
		return exception.kind() == ErrorKind.CANCELLED
				&& (cause == CancellationCause.CLIENT || cause == CancellationCause.APPLICATION);
	}

}
