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

import java.util.Locale;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells the exporter for tests, by a header of the call, how a call is to end.
 */
public final class OutcomeOrder {

	private static final int LONG_TEXT = 1000;

	private OutcomeOrder() {
	}

	/**
	 * Adds what the exporter is to do to a context.
	 * @param context context of a call
	 * @param outcome {@code pipelineOutcome} of a case, or {@code null} for success
	 * @return the context with a header
	 * @throws TelemetryEngineException if the case is decided by the edge's own
	 * authentication
	 */
	public static CallContext add(CallContext context, @Nullable JsonNode outcome) {
		if (outcome == null) {
			return context;
		}
		if (FakeOutcomes.isOwnAuthentication(outcome)) {
			throw TelemetryEngineException.of(FakeOutcomes.failure(outcome));
		}
		return CallContext.builder()
			.deadline(context.deadline())
			.cancellation(context.cancellation())
			.metadata(ClientMetadata.builder().add("x-test-outcome", order(outcome)).build())
			.build();
	}

	private static String order(JsonNode outcome) {
		if (outcome.has("rejected")) {
			String message = outcome.get("message").asString();
			String rejected = "partial;rejected=" + outcome.get("rejected").asLong();
			if (message.isEmpty()) {
				return rejected;
			}
			return rejected + message(message.equals("5 MiB of text") ? "x".repeat(5 * 1024 * 1024) : message);
		}
		String kind = outcome.get("kind").asString();
		StringBuilder order = new StringBuilder(
				kind.equals("RESOURCE_EXHAUSTED") ? "exhausted" : kind.toLowerCase(Locale.ROOT));
		append(order, "code", outcome.get("code"));
		append(order, "delay", outcome.get("retryDelayMillis"));
		append(order, "cause", outcome.get("cause"));
		append(order, "cause", outcome.get("reason"));
		if (outcome.has("text")) {
			order.append(message(outcome.get("text").asString()));
		}
		return order.toString();
	}

	private static String message(String text) {
		return (text.length() > LONG_TEXT) ? ";message=" + text.charAt(0) + ";repeat=" + text.length()
				: ";message=" + text;
	}

	private static void append(StringBuilder order, String key, @Nullable JsonNode value) {
		if (value != null) {
			order.append(';').append(key).append('=').append(value.asString());
		}
	}

}
