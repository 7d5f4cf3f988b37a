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

package dev.ferrule.sample;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;

/**
 * Requests that use many parts of the protocol.
 */
final class OtlpRequests {

	private OtlpRequests() {
	}

	static ExportTraceServiceRequest traces(String name) {
		Span span = Span.newBuilder()
			.setTraceId(bytes(16))
			.setSpanId(bytes(8))
			.setParentSpanId(bytes(8))
			.setTraceState("vendor=value")
			.setFlags(0x301)
			.setName(name)
			.setKind(Span.SpanKind.SPAN_KIND_SERVER)
			.setStartTimeUnixNano(Long.MAX_VALUE)
			.setEndTimeUnixNano(-1L)
			.addAttributes(attribute("text", AnyValue.newBuilder().setStringValue("grüße \u0000 \uD83D\uDE00")))
			.addAttributes(attribute("number", AnyValue.newBuilder().setIntValue(Long.MIN_VALUE)))
			.addAttributes(attribute("list",
					AnyValue.newBuilder()
						.setArrayValue(ArrayValue.newBuilder()
							.addValues(AnyValue.newBuilder().setBoolValue(true))
							.addValues(AnyValue.newBuilder().setBytesValue(bytes(3)))
							.addValues(AnyValue.newBuilder().setDoubleValue(Double.NEGATIVE_INFINITY)))))
			.addEvents(Span.Event.newBuilder().setName("event").setTimeUnixNano(5))
			.addLinks(Span.Link.newBuilder().setTraceId(bytes(16)).setSpanId(bytes(8)))
			.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("broken"))
			.build();
		return ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.setResource(resource())
				.addScopeSpans(ScopeSpans.newBuilder().addSpans(span).setSchemaUrl("https://example.com/schema")))
			.build();
	}

	static ExportMetricsServiceRequest metrics(String name) {
		Metric sum = Metric.newBuilder()
			.setName(name)
			.setUnit("By")
			.setSum(Sum.newBuilder()
				.setIsMonotonic(true)
				.setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
				.addDataPoints(NumberDataPoint.newBuilder().setAsInt(-7).setTimeUnixNano(9)))
			.build();
		Metric histogram = Metric.newBuilder()
			.setName(name + ".histogram")
			.setHistogram(Histogram.newBuilder()
				.setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
				.addDataPoints(HistogramDataPoint.newBuilder()
					.setCount(3)
					.setSum(4.5)
					.addExplicitBounds(1)
					.addBucketCounts(1)
					.addBucketCounts(2)))
			.build();
		return ExportMetricsServiceRequest.newBuilder()
			.addResourceMetrics(ResourceMetrics.newBuilder()
				.setResource(resource())
				.addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(sum).addMetrics(histogram)))
			.build();
	}

	static ExportLogsServiceRequest logs(String text) {
		LogRecord log = LogRecord.newBuilder()
			.setTimeUnixNano(1)
			.setObservedTimeUnixNano(2)
			.setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_WARN)
			.setSeverityText("WARN")
			.setBody(AnyValue.newBuilder().setStringValue(text))
			.setTraceId(bytes(16))
			.setSpanId(bytes(8))
			.setFlags(1)
			.build();
		return ExportLogsServiceRequest.newBuilder()
			.addResourceLogs(ResourceLogs.newBuilder()
				.setResource(resource())
				.addScopeLogs(ScopeLogs.newBuilder().addLogRecords(log)))
			.build();
	}

	private static Resource resource() {
		return Resource.newBuilder()
			.addAttributes(attribute("service.name", AnyValue.newBuilder().setStringValue("checkout")))
			.setDroppedAttributesCount(2)
			.build();
	}

	private static KeyValue attribute(String key, AnyValue.Builder value) {
		return KeyValue.newBuilder().setKey(key).setValue(value).build();
	}

	private static ByteString bytes(int count) {
		byte[] bytes = new byte[count];
		for (int i = 0; i < count; i++) {
			bytes[i] = (byte) (0xf0 + i);
		}
		return ByteString.copyFrom(bytes);
	}

}
