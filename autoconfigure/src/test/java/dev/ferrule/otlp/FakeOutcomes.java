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

package dev.ferrule.otlp;

import java.time.Duration;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Turns {@code pipelineOutcome} of a case into what the fake engine does.
 */
public final class FakeOutcomes {

	private FakeOutcomes() {
	}

	public static FakeEngine.Behaviour behaviour(@Nullable JsonNode outcome) {
		if (outcome == null) {
			return FakeEngine.Behaviour.delivers();
		}
		if (outcome.has("rejected")) {
			String message = outcome.get("message").asString();
			return FakeEngine.Behaviour.answers(outcome.get("rejected").asLong(),
					message.equals("5 MiB of text") ? "\u00e4\"".repeat(5 * 1024 * 1024 / 3) : message);
		}
		return FakeEngine.Behaviour.fails(failure(outcome));
	}

	public static boolean isOwnAuthentication(@Nullable JsonNode outcome) {
		return outcome != null && outcome.has("origin");
	}

	public static Failure failure(JsonNode outcome) {
		ErrorKind kind = ErrorKind.valueOf(outcome.get("kind").asString());
		int code = outcome.has("code") ? outcome.get("code").asInt() : 0;
		Duration delay = outcome.has("retryDelayMillis") ? Duration.ofMillis(outcome.get("retryDelayMillis").asLong())
				: null;
		String text = outcome.has("text") ? outcome.get("text").asString() : "as told";
		return new Failure(kind, code, 0, 0, kind.isPermanent(), delay, cause(outcome), false, text, null);
	}

	private static @Nullable CancellationCause cause(JsonNode outcome) {
		JsonNode cause = outcome.has("cause") ? outcome.get("cause") : outcome.get("reason");
		return (cause != null) ? CancellationCause.valueOf(cause.asString()) : null;
	}

}
