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

package dev.ferrule.engine.jna;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An engine whose only pipeline takes everything and does nothing.
 */
@State(Scope.Benchmark)
public class Engine {

	private static final String CONFIGURATION = """
			{"name": "benchmark", "spec": {"version": "otel_dataflow/v1", "groups": {"default": {"pipelines": {"main": {
			"nodes": {
			"receiver": {"type": "urn:ferrule:receiver:host", "config": {}},
			"exporter": {"type": "urn:otel:exporter:noop", "config": {}}},
			"connections": [{"from": "receiver", "to": "exporter"}]}}}}}}""";

	/** As in an application. */
	private final ExecutorService callbacks = Executors.newFixedThreadPool(2);

	private final NativeEngine engine = NativeEngine.start(CONFIGURATION,
			NativeEngineOptions.builder().executor(this.callbacks).build());

	private final CallContext context = Contexts.full();

	private final TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, span(1024));

	/**
	 * Returns an OTLP request with one span.
	 * @param size size of the request in bytes, about
	 * @return a valid request
	 */
	private static byte[] span(int size) {
		byte[] name = field(5, "n".repeat(size - 40).getBytes(StandardCharsets.US_ASCII));
		byte[] traceId = field(1, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 });
		byte[] spanId = field(2, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
		return field(1, field(2, field(2, traceId, spanId, name)));
	}

	private static byte[] field(int number, byte[]... parts) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			content.writeBytes(part);
		}
		ByteArrayOutputStream field = new ByteArrayOutputStream();
		field.write((number << 3) | 2);
		int length = content.size();
		for (; length > 0x7f; length >>>= 7) {
			field.write((length & 0x7f) | 0x80);
		}
		field.write(length);
		field.writeBytes(content.toByteArray());
		return field.toByteArray();
	}

	CompletableFuture<ExportResult> submit() {
		return this.engine.submit(this.payload, this.context);
	}

	CompletableFuture<ExportResult> submitWithoutContext() {
		return this.engine.submit(this.payload, CallContext.background());
	}

	/**
	 * Stops the engine.
	 */
	@TearDown
	public void stop() {
		this.engine.close();
		this.callbacks.shutdown();
	}

}
