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

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.ferrule.engine.Signal;

/**
 * Names that OTLP gives a signal: path, service and fields.
 */
public enum OtlpSignal {

	/** Traces. */
	TRACES(Signal.TRACES, "/v1/traces", "opentelemetry.proto.collector.trace.v1.TraceService", "rejectedSpans"),

	/** Metrics. */
	METRICS(Signal.METRICS, "/v1/metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService",
			"rejectedDataPoints"),

	/** Logs. */
	LOGS(Signal.LOGS, "/v1/logs", "opentelemetry.proto.collector.logs.v1.LogsService", "rejectedLogRecords");

	private final Signal signal;

	private final String path;

	private final String serviceName;

	private final String rejectedField;

	OtlpSignal(Signal signal, String path, String serviceName, String rejectedField) {
		this.signal = signal;
		this.path = path;
		this.serviceName = serviceName;
		this.rejectedField = rejectedField;
	}

	public Signal signal() {
		return this.signal;
	}

	/**
	 * Returns the path of OTLP over HTTP.
	 * @return the path, below the context path
	 */
	String path() {
		return this.path;
	}

	/**
	 * Returns the name of the gRPC service.
	 * @return the full name
	 */
	public String serviceName() {
		return this.serviceName;
	}

	/**
	 * Returns the JSON name of the number of rejected items.
	 * @return the name in {@code partialSuccess}
	 */
	String rejectedField() {
		return this.rejectedField;
	}

	public static OtlpSignal of(Signal signal) {
		return switch (signal) {
			case TRACES -> TRACES;
			case METRICS -> METRICS;
			case LOGS -> LOGS;
		};
	}

	public static Map<String, OtlpSignal> byPath(Set<Signal> signals) {
		return signals.stream().map(OtlpSignal::of).collect(Collectors.toUnmodifiableMap(OtlpSignal::path, (s) -> s));
	}

}
