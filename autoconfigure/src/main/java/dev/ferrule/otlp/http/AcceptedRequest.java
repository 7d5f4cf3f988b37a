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

import java.util.concurrent.ScheduledExecutorService;

import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.TelemetryEngine;

/**
 * An accepted request, whose body is still to be read, with all that it needs.
 *
 * @param call what the headers say
 * @param engine takes the body
 * @param context context of the call
 * @param cancellation cancels the call
 * @param options what is accepted
 * @param timer ends the wait for a body
 */
record AcceptedRequest(RequestHead call, TelemetryEngine engine, CallContext context, CancellationSource cancellation,
		OtlpHttpOptions options, ScheduledExecutorService timer) {
}
