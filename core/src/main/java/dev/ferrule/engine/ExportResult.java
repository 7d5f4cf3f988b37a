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
 * Result of a delivered call.
 *
 * @param rejectedItems items that the downstream rejected (partial success), usually 0
 * @param message warning or reason of the rejection, or {@code null}
 * @param queued time spent waiting for the pipeline
 * @param processing time spent in the pipeline before export
 * @param exporting time spent exporting, retries included
 * @param attempts export attempts
 */
public record ExportResult(long rejectedItems, @Nullable String message, Duration queued, Duration processing,
		Duration exporting, int attempts) {
}
