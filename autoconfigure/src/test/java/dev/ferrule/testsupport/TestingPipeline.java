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

package dev.ferrule.testsupport;

import java.nio.charset.StandardCharsets;

import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;

/**
 * A pipeline of nodes for tests, which do to a call what its metadata say. It needs the
 * library with these nodes.
 */
public final class TestingPipeline {

	/** Property that configures the pipeline. */
	public static final String LOCATION = "ferrule.engine.config-location="
			+ "classpath:dev/ferrule/autoconfigure/outcome.yaml";

	/** Name of the metadata that say what is to happen. */
	public static final String OUTCOME = "x-test-outcome";

	/** A body for requests, in JSON: one span. */
	public static final byte[] SPANS = """
			{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
			"spanId":"eee19b7ec3c1b174","name":"span"}]}]}]}""".getBytes(StandardCharsets.UTF_8);

	private TestingPipeline() {
	}

	/**
	 * Returns what an application submits.
	 * @param json body of a request
	 * @return the payload
	 */
	public static TelemetryPayload payload(byte[] json) {
		return TelemetryPayload.of(Signal.TRACES, json).with(PayloadEncoding.JSON, ContentCoding.IDENTITY);
	}

}
