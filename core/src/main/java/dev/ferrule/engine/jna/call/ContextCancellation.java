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

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;

/**
 * Cancellation of a whole context by the end of one of its calls, where that ends all
 * that is done under it.
 */
final class ContextCancellation {

	private ContextCancellation() {
	}

	/**
	 * Ends a context after a call under it failed, if that is why.
	 * @param context context of the call
	 * @param failure failure of the call
	 */
	static void after(CallContext context, Failure failure) {
		if (failure.kind() == ErrorKind.TIMEOUT) {
			// A call may have had less time than its context
			ifExpired(context);
		}
		else if (failure.cause() == CancellationCause.SHUTDOWN) {
			context.end(CancellationCause.SHUTDOWN);
		}
	}

	/**
	 * Ends a context that has no time left.
	 * @param context context of a call that is over
	 */
	static void ifExpired(CallContext context) {
		Deadline deadline = context.deadline();
		if (deadline != null && deadline.isExpired()) {
			context.end(CancellationCause.DEADLINE);
		}
	}

}
