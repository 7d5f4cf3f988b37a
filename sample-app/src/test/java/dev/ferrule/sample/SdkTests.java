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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with the exporters of the OpenTelemetry SDK in front of the gateway.
 */
class SdkTests extends GatewayTestBase {

	private static final Resource RESOURCE = Resource.builder().put("service.name", "checkout").build();

	@Test
	void spansOverHttp() {
		assertSpansArrive(OtlpHttpSpanExporter.builder().setEndpoint(http("/v1/traces")).build());
	}

	@Test
	void compressedSpansOverHttp() {
		assertSpansArrive(
				OtlpHttpSpanExporter.builder().setEndpoint(http("/v1/traces")).setCompression("gzip").build());
	}

	@Test
	void spansOverGrpc() {
		assertSpansArrive(OtlpGrpcSpanExporter.builder().setEndpoint(grpc()).build());
	}

	@Test
	void compressedSpansOverGrpc() {
		assertSpansArrive(OtlpGrpcSpanExporter.builder().setEndpoint(grpc()).setCompression("gzip").build());
	}

	@Test
	void metricsOverHttp() {
		assertMetricsArrive(OtlpHttpMetricExporter.builder().setEndpoint(http("/v1/metrics")).build());
	}

	@Test
	void metricsOverGrpc() {
		assertMetricsArrive(OtlpGrpcMetricExporter.builder().setEndpoint(grpc()).build());
	}

	@Test
	void logsOverHttp() {
		assertLogsArrive(OtlpHttpLogRecordExporter.builder().setEndpoint(http("/v1/logs")).build());
	}

	@Test
	void logsOverGrpc() {
		assertLogsArrive(OtlpGrpcLogRecordExporter.builder().setEndpoint(grpc()).build());
	}

	private void assertSpansArrive(SpanExporter exporter) {
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.setResource(RESOURCE)
			.addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
			.build()) {
			Span parent = provider.get("shop").spanBuilder("order").setSpanKind(SpanKind.SERVER).startSpan();
			try (Scope scope = parent.makeCurrent()) {
				provider.get("shop")
					.spanBuilder("pay")
					.setAttribute(AttributeKey.stringArrayKey("cards"), List.of("a", "b"))
					.startSpan()
					.end();
			}
			parent.end();
			assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			assertThat(downstream.traces()).singleElement().satisfies((request) -> {
				assertThat(request.getResourceSpans(0).getResource().getAttributesList())
					.anySatisfy((attribute) -> assertThat(attribute.getValue().getStringValue()).isEqualTo("checkout"));
				var spans = request.getResourceSpans(0).getScopeSpans(0).getSpansList();
				assertThat(spans).extracting((span) -> span.getName()).containsExactly("pay", "order");
				assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
				assertThat(spans.get(0).getTraceId()).isEqualTo(spans.get(1).getTraceId());
				assertThat(spans.get(0).getAttributes(0).getValue().getArrayValue().getValuesCount()).isEqualTo(2);
				assertThat(spans.get(1).getStartTimeUnixNano()).isPositive();
			});
		}
	}

	private void assertMetricsArrive(MetricExporter exporter) {
		try (SdkMeterProvider provider = SdkMeterProvider.builder()
			.setResource(RESOURCE)
			.registerMetricReader(PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build())
			.build()) {
			provider.get("shop").counterBuilder("orders").build().add(3);
			assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			assertThat(downstream.metrics()).singleElement()
				.satisfies((request) -> assertThat(request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList())
					.anySatisfy((metric) -> {
						assertThat(metric.getName()).isEqualTo("orders");
						assertThat(metric.getSum().getDataPoints(0).getAsInt()).isEqualTo(3);
					}));
		}
	}

	private void assertLogsArrive(LogRecordExporter exporter) {
		try (SdkLoggerProvider provider = SdkLoggerProvider.builder()
			.setResource(RESOURCE)
			.addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter).build())
			.build()) {
			provider.get("shop").logRecordBuilder().setSeverity(Severity.WARN).setBody("low stock").emit();
			assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			assertThat(downstream.logs()).singleElement().satisfies((request) -> {
				var log = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
				assertThat(log.getBody().getStringValue()).isEqualTo("low stock");
				assertThat(log.getSeverityNumberValue()).isEqualTo(Severity.WARN.getSeverityNumber());
			});
		}
	}

	private String http(String path) {
		return "http://127.0.0.1:" + this.httpPort + path;
	}

	private String grpc() {
		return "http://127.0.0.1:" + this.grpcPort;
	}

}
