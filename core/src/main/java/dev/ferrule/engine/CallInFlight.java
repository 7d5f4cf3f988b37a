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

package dev.ferrule.engine;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Snapshot of a call that had no outcome when it was looked at. Holds nothing that came
 * with the request but its trace id.
 *
 * @param id number of the call in its engine
 * @param signal what the payload holds
 * @param pipeline name of the pipeline
 * @param phase how far it has come, or {@code null} if the engine is just taking it in or
 * has just ended it
 * @param payloadBytes size of the payload as submitted, in bytes
 * @param age time since it was submitted
 * @param remaining time to its deadline, negative after it
 * @param cancelled whether its context was cancelled
 * @param traceId trace id in hexadecimal digits, or {@code null} if the call has none
 */
public record CallInFlight(long id, Signal signal, String pipeline, @Nullable CallPhase phase, int payloadBytes,
		Duration age, Duration remaining, boolean cancelled, @Nullable String traceId) {
}
