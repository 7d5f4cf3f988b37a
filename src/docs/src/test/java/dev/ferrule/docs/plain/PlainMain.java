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

package dev.ferrule.docs.plain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.engine.jna.NativeEngineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class PlainMain {

	private static final Logger logger = LoggerFactory.getLogger(PlainMain.class);

	private static final String CONFIGURATION = """
			{"name": "plain", "cores": 1, "spec": {"version": "otel_dataflow/v1", "groups": {"default": {
			"pipelines": {"main": {
				"nodes": {
					"host": {"type": "urn:ferrule:receiver:host", "config": {}},
					"exporter": {"type": "urn:ferrule:exporter:log", "config": {}}},
				"connections": [{"from": "host", "to": "exporter"}]}}}}}}""";

	private static final String SPAN = """
			{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
			"spanId":"eee19b7ec3c1b174","name":"order","kind":2}]}]}]}""";

	private PlainMain() {
	}

	public static void main(String[] args) {
		try (NativeEngine engine = NativeEngine.start(CONFIGURATION, NativeEngineOptions.builder().build())) {
			TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, SPAN.getBytes(StandardCharsets.UTF_8))
				.with(PayloadEncoding.JSON, ContentCoding.IDENTITY);
			CallContext context = CallContext.builder().deadline(Deadline.after(Duration.ofSeconds(2))).build();
			ExportResult result = engine.submit(payload, context).join();
			logger.info("delivered, {} items rejected", result.rejectedItems());
		}
		catch (CompletionException ex) {
			logger.error("not delivered", ex.getCause());
		}
	}

}
