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

package dev.ferrule.context;

/**
 * W3C trace context of a call.
 *
 * @param traceIdHigh first eight bytes of the trace id, big-endian
 * @param traceIdLow last eight bytes of the trace id, big-endian
 * @param spanId span id, big-endian
 * @param flags trace flags, 0 to 255
 * @param traceState {@code tracestate} header value, empty if there is none
 * @param remote whether the context came from another process
 */
public record TraceContext(long traceIdHigh, long traceIdLow, long spanId, int flags, String traceState,
		boolean remote) {
}
