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

package dev.ferrule.observability;

import java.util.Locale;
import java.util.concurrent.CancellationException;

import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default observation convention, used unless the application has one of its own. Nothing
 * in it comes from headers or payloads.
 *
 * <table>
 * <caption>Key values</caption>
 * <tr>
 * <th>Key</th>
 * <th>Value</th>
 * </tr>
 * <tr>
 * <td>{@code signal}</td>
 * <td>{@code traces}, {@code metrics} or {@code logs}</td>
 * </tr>
 * <tr>
 * <td>{@code pipeline}</td>
 * <td>name of the pipeline, {@code none} if the engine decides</td>
 * </tr>
 * <tr>
 * <td>{@code outcome}</td>
 * <td>{@code SUCCESS}, {@code FAILURE} (a retry may help), {@code REFUSED} (it cannot),
 * {@code UNKNOWN} before the end</td>
 * </tr>
 * <tr>
 * <td>{@code kind}</td>
 * <td>{@link ErrorKind} of a failure, else {@code none}</td>
 * </tr>
 * </table>
 *
 * The size of the payload, the attempts and the rejected items are high-cardinality key
 * values, on spans only.
 */
public class DefaultSubmitObservationConvention implements SubmitObservationConvention {

	private static final String NAME = "ferrule.submit";

	private static final KeyValue OUTCOME_UNKNOWN = KeyValue.of("outcome", "UNKNOWN");

	private static final KeyValue OUTCOME_SUCCESS = KeyValue.of("outcome", "SUCCESS");

	private static final KeyValue OUTCOME_FAILURE = KeyValue.of("outcome", "FAILURE");

	private static final KeyValue OUTCOME_REFUSED = KeyValue.of("outcome", "REFUSED");

	private static final KeyValue KIND_NONE = KeyValue.of("kind", KeyValue.NONE_VALUE);

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(SubmitObservationContext context) {
		return "submit " + signal(context);
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(SubmitObservationContext context) {
		String pipeline = context.pipeline();
		return KeyValues.of(KeyValue.of("signal", signal(context)),
				KeyValue.of("pipeline", (pipeline != null) ? pipeline : KeyValue.NONE_VALUE), outcome(context),
				kind(context));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(SubmitObservationContext context) {
		KeyValues values = KeyValues.of("payload.size", Integer.toString(context.payloadSize()));
		ExportResult result = context.result();
		return (result != null) ? values.and("attempts", Integer.toString(result.attempts()), "rejected.items",
				Long.toString(result.rejectedItems())) : values;
	}

	private static String signal(SubmitObservationContext context) {
		return context.signal().name().toLowerCase(Locale.ROOT);
	}

	private static KeyValue outcome(SubmitObservationContext context) {
		Throwable error = context.getError();
		if (error != null) {
			return isPermanent(error) ? OUTCOME_REFUSED : OUTCOME_FAILURE;
		}
		return (context.result() != null) ? OUTCOME_SUCCESS : OUTCOME_UNKNOWN;
	}

	private static KeyValue kind(SubmitObservationContext context) {
		Throwable error = context.getError();
		return (error != null) ? KeyValue.of("kind", kind(error).name()) : KIND_NONE;
	}

	private static boolean isPermanent(Throwable error) {
		return (error instanceof TelemetryEngineException failure) ? failure.failure().permanent()
				: kind(error).isPermanent();
	}

	private static ErrorKind kind(Throwable error) {
		if (error instanceof TelemetryEngineException failure) {
			return failure.failure().kind();
		}
		return (error instanceof CancellationException) ? ErrorKind.CANCELLED : ErrorKind.PERMANENT;
	}

}
