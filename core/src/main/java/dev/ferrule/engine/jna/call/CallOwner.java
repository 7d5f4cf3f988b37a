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

/**
 * Owner of calls: hears of their cancellation and of their end.
 */
interface CallOwner {

	/**
	 * Tells the engine that a call is cancelled; does not block.
	 * @param call call to cancel
	 * @param cause why
	 */
	void cancel(EngineCall call, CancellationCause cause);

	/**
	 * Called once when the call has its outcome and its future is complete.
	 * @param call call that ended
	 */
	void ended(EngineCall call);

}
