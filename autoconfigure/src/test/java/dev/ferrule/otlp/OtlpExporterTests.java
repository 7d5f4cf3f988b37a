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
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.otlp.grpc.OtlpGrpcOptions;
import dev.ferrule.otlp.grpc.OtlpGrpcServer;
import dev.ferrule.otlp.http.OtlpHttpOptions;
import dev.ferrule.otlp.http.OtlpHttpServlet;
import dev.ferrule.otlp.http.OtlpTomcat;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The exporters of the OpenTelemetry SDK against both edges.
 */
class OtlpExporterTests {

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat tomcat = new OtlpTomcat(
			new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(), OtlpHttpOptions.defaults()));

	private final OtlpGrpcServer grpc = new OtlpGrpcServer(this.engine, OtlpGrpcOptions.defaults());

	@AfterEach
	void stop() {
		assertThat(this.engine.reserved()).isZero();
		this.tomcat.close();
		this.grpc.close();
		this.engine.close();
	}

	@Test
	void spansArriveOverBothProtocols() {
		for (SpanExporter exporter : List.of(httpSpans("none"), httpSpans("gzip"), grpcSpans("none"),
				grpcSpans("gzip"))) {
			assertThat(exportSpan(exporter).isSuccess()).isTrue();
		}
		assertThat(this.engine.calls()).hasSize(4).allMatch((call) -> call.signal() == Signal.TRACES);
		assertThat(this.engine.calls()).extracting((call) -> call.payload().coding())
			.containsExactly(ContentCoding.IDENTITY, ContentCoding.GZIP, ContentCoding.IDENTITY,
					ContentCoding.IDENTITY);
		// The spans differ, not their sizes; over HTTP the engine decompresses.
		assertThat(this.engine.calls().get(3).bytes()).hasSameSizeAs(this.engine.calls().get(2).bytes());
	}

	@Test
	void metricsArriveOverBothProtocols() {
		for (MetricExporter exporter : List.of(
				OtlpHttpMetricExporter.builder().setEndpoint(http(OtlpSignal.METRICS)).build(),
				OtlpGrpcMetricExporter.builder().setEndpoint(grpc()).build())) {
			try (SdkMeterProvider provider = SdkMeterProvider.builder()
				.registerMetricReader(PeriodicMetricReader.create(exporter))
				.build()) {
				provider.get("test").counterBuilder("requests").build().add(1);
				assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			}
		}
		assertThat(this.engine.calls()).hasSizeGreaterThanOrEqualTo(2)
			.allMatch((call) -> call.signal() == Signal.METRICS);
	}

	@Test
	void logsArriveOverBothProtocols() {
		for (LogRecordExporter exporter : List.of(
				OtlpHttpLogRecordExporter.builder().setEndpoint(http(OtlpSignal.LOGS)).build(),
				OtlpGrpcLogRecordExporter.builder().setEndpoint(grpc()).build())) {
			try (SdkLoggerProvider provider = SdkLoggerProvider.builder()
				.addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter))
				.build()) {
				provider.get("test").logRecordBuilder().setBody("hello").emit();
				assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			}
		}
		assertThat(this.engine.calls()).hasSize(2).allMatch((call) -> call.signal() == Signal.LOGS);
	}

	@Test
	void throttledExportersTryAgain() {
		for (SpanExporter exporter : List.of(httpSpans("none"), grpcSpans("none"))) {
			this.engine.reset();
			AtomicInteger attempts = new AtomicInteger();
			this.engine.behave((call) -> {
				if (attempts.incrementAndGet() == 1) {
					call.fail(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full").withRetryDelay(Duration.ofMillis(10)));
				}
				else {
					FakeEngine.Behaviour.delivers().accept(call);
				}
			});
			assertThat(exportSpan(exporter).isSuccess()).isTrue();
			assertThat(attempts).hasValue(2);
		}
	}

	@Test
	void refusedExportersDoNot() {
		for (SpanExporter exporter : List.of(httpSpans("none"), grpcSpans("none"))) {
			this.engine.reset();
			this.engine.behave(FakeEngine.Behaviour.fails(Failure.of(ErrorKind.PERMANENT, "no").withGrpcCode(3)));
			assertThat(exportSpan(exporter).isSuccess()).isFalse();
			assertThat(this.engine.calls()).hasSize(1);
		}
	}

	private static CompletableResultCode exportSpan(SpanExporter exporter) {
		RecordingSpans recording = new RecordingSpans(exporter);
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(SimpleSpanProcessor.create(recording))
			.build()) {
			provider.get("test").spanBuilder("op").startSpan().end();
			provider.forceFlush().join(10, TimeUnit.SECONDS);
		}
		return recording.result.join(10, TimeUnit.SECONDS);
	}

	private SpanExporter httpSpans(String compression) {
		return OtlpHttpSpanExporter.builder().setEndpoint(http(OtlpSignal.TRACES)).setCompression(compression).build();
	}

	private SpanExporter grpcSpans(String compression) {
		return OtlpGrpcSpanExporter.builder().setEndpoint(grpc()).setCompression(compression).build();
	}

	private String http(OtlpSignal signal) {
		return this.tomcat.baseUrl() + signal.path();
	}

	private String grpc() {
		return "http://127.0.0.1:" + this.grpc.port();
	}

	private static final class RecordingSpans implements SpanExporter {

		private final SpanExporter exporter;

		private volatile CompletableResultCode result = CompletableResultCode.ofFailure();

		RecordingSpans(SpanExporter exporter) {
			this.exporter = exporter;
		}

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			this.result = this.exporter.export(spans);
			return this.result;
		}

		@Override
		public CompletableResultCode flush() {
			return this.exporter.flush();
		}

		@Override
		public CompletableResultCode shutdown() {
			return this.exporter.shutdown();
		}

	}

}
