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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.google.rpc.RetryInfo;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.error.ErrorKind;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that real clients in front of the gateway retry what they should and drop what
 * they should, for each kind of failure. How often they try is what a listener of the
 * engine hears. The exporters of the OpenTelemetry SDK for Java 1.62 look at no delay,
 * and over gRPC retry RESOURCE_EXHAUSTED even without one; so delays are tested with
 * others.
 */
@TestPropertySource(properties = "ferrule.retry.enabled=false")
class ClientRetryTests extends GatewayTestBase {

	private static final int ATTEMPTS = 3;

	private static final RetryPolicy POLICY = RetryPolicy.builder()
		.setMaxAttempts(ATTEMPTS)
		.setInitialBackoff(Duration.ofMillis(10))
		.setMaxBackoff(Duration.ofMillis(20))
		.build();

	@Autowired
	private Queue<EndedCall> ended;

	@BeforeEach
	void reset() {
		this.ended.clear();
	}

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, RETRYABLE, 3", "ABORTED, RETRYABLE, 3", "DATA_LOSS, RETRYABLE, 3",
			"INTERNAL, PERMANENT, 1", "INVALID_ARGUMENT, PERMANENT, 1", "UNAUTHENTICATED, PERMANENT, 1",
			"PERMISSION_DENIED, PERMANENT, 1", "UNIMPLEMENTED, PERMANENT, 1" })
	void exportersRetryWhatTheServerBehindSaysAndNothingElse(Code code, ErrorKind kind, int attempts) {
		downstream.answerWith(Status.fromCode(code).withDescription("no"));
		for (Protocol protocol : Protocol.values()) {
			assertAttempts(protocol, kind, attempts);
		}
	}

	@ParameterizedTest
	@EnumSource
	void exportersRetryWhatIsThrottled(Protocol protocol) {
		downstream.answerWithDelay(Code.RESOURCE_EXHAUSTED, 1);
		assertAttempts(protocol, ErrorKind.RESOURCE_EXHAUSTED, ATTEMPTS);
	}

	@Test
	void exporterDropsWhatIsExhaustedForGood() {
		downstream.answerWith(Status.RESOURCE_EXHAUSTED);
		assertAttempts(Protocol.HTTP, ErrorKind.PERMANENT, 1);
	}

	@ParameterizedTest
	@EnumSource
	void exportersRetryWhatWasTooLate(Protocol protocol) {
		downstream.holdUntil(this.release);
		assertAttempts(protocol, "2s", ErrorKind.TIMEOUT, ATTEMPTS);
	}

	@ParameterizedTest
	@EnumSource
	void exportersRetryWhatAShutdownCancelled(Protocol protocol) {
		downstream.holdUntil(this.release);
		try (SpanExporter exporter = exporter(protocol, "30s")) {
			CompletableResultCode result = exporter.export(List.of(span()));
			Awaitility.await().until(() -> downstream.traces().size() == 1);
			downstream.reset();
			this.engine.cancelAll(CancellationCause.SHUTDOWN);
			this.engine.resumeAccepting();
			assertThat(result.join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
			Awaitility.await().untilAsserted(() -> assertThat(this.ended).hasSize(2));
			assertThat(this.ended).extracting(ClientRetryTests::kind)
				.containsExactlyInAnyOrder(ErrorKind.CANCELLED, null);
			assertThat(downstream.traces()).hasSize(1);
		}
	}

	@Test
	void exportersOfLogsRetryAndDrop() {
		assertLogAttempts(OtlpHttpLogRecordExporter.builder().setEndpoint(http("logs")).setRetryPolicy(POLICY).build());
		assertLogAttempts(OtlpGrpcLogRecordExporter.builder().setEndpoint(grpc()).setRetryPolicy(POLICY).build());
	}

	@Test
	void exportersOfMetricsRetryAndDrop() {
		assertMetricAttempts(
				OtlpHttpMetricExporter.builder().setEndpoint(http("metrics")).setRetryPolicy(POLICY).build());
		assertMetricAttempts(OtlpGrpcMetricExporter.builder().setEndpoint(grpc()).setRetryPolicy(POLICY).build());
	}

	@ParameterizedTest
	@CsvSource({ "RESOURCE_EXHAUSTED, 1500", "UNAVAILABLE, 2", "UNAVAILABLE, 90061001" })
	void grpcJavaSeesTheDelay(Code code, int delayMillis) {
		downstream.answerWithDelay(code, delayMillis);
		ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", this.grpcPort).usePlaintext().build();
		try {
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel).export(OtlpRequests.traces("delay")))
				.satisfies((ex) -> {
					assertThat(ex.getStatus().getCode()).isEqualTo(code);
					RetryInfo retry = StatusProto.fromThrowable(ex)
						.getDetailsList()
						.stream()
						.filter((detail) -> detail.is(RetryInfo.class))
						.findFirst()
						.orElseThrow()
						.unpack(RetryInfo.class);
					assertThat(Duration.ofSeconds(retry.getRetryDelay().getSeconds(), retry.getRetryDelay().getNanos()))
						.isEqualTo(Duration.ofMillis(delayMillis));
				});
		}
		finally {
			channel.shutdownNow();
		}
	}

	@ParameterizedTest
	@CsvSource({ "RESOURCE_EXHAUSTED, 1500, 429, 2", "UNAVAILABLE, 3000, 503, 3", "UNAVAILABLE, 1, 503, 1" })
	void curlSeesTheDelay(Code code, int delayMillis, int status, int retryAfter, @TempDir Path directory)
			throws Exception {
		downstream.answerWithDelay(code, delayMillis);
		assertThat(curl(directory)).contains("HTTP/1.1 " + status)
			.containsPattern("(?i)\nretry-after: " + retryAfter + "\r\n");
	}

	@Test
	void curlRetriesAfterTheDelay(@TempDir Path directory) throws Exception {
		downstream.answerWithDelay(Code.UNAVAILABLE, 1200);
		curl(directory, "--retry", "1");
		List<Long> arrivals = downstream.arrivals();
		assertThat(arrivals).hasSize(2);
		assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1200));
	}

	@Test
	void curlDoesNotRetryWhatIsRefusedForGood(@TempDir Path directory) throws Exception {
		downstream.answerWith(Status.INVALID_ARGUMENT);
		assertThat(curl(directory, "--retry", "1")).contains("HTTP/1.1 400").doesNotContainPattern("(?i)\nretry-after");
		assertThat(downstream.arrivals()).hasSize(1);
	}

	private void assertAttempts(Protocol protocol, ErrorKind kind, int attempts) {
		assertAttempts(protocol, "30s", kind, attempts);
	}

	private void assertAttempts(Protocol protocol, String deadline, ErrorKind kind, int attempts) {
		this.ended.clear();
		try (SpanExporter exporter = exporter(protocol, deadline)) {
			assertThat(exporter.export(List.of(span())).join(30, TimeUnit.SECONDS).isSuccess()).isFalse();
		}
		assertEnded(kind, attempts);
	}

	private void assertLogAttempts(LogRecordExporter exporter) {
		AtomicReference<LogRecordData> data = new AtomicReference<>();
		try (exporter;
				SdkLoggerProvider provider = SdkLoggerProvider.builder()
					.addLogRecordProcessor((context, record) -> data.set(record.toLogRecordData()))
					.build()) {
			provider.get("test").logRecordBuilder().setBody("text").emit();
			assertRetryAndDrop(() -> exporter.export(List.of(data.get())).join(30, TimeUnit.SECONDS));
		}
	}

	private void assertMetricAttempts(MetricExporter exporter) {
		try (SdkMeterProvider provider = SdkMeterProvider.builder()
			.registerMetricReader(PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build())
			.build()) {
			provider.get("test").counterBuilder("count").build().add(1);
			assertRetryAndDrop(() -> provider.forceFlush().join(30, TimeUnit.SECONDS));
			// The provider exports once more when it is closed
			downstream.reset();
		}
	}

	private void assertRetryAndDrop(Runnable export) {
		downstream.answerWith(Status.UNAVAILABLE);
		this.ended.clear();
		export.run();
		assertEnded(ErrorKind.RETRYABLE, ATTEMPTS);
		downstream.answerWith(Status.INTERNAL);
		this.ended.clear();
		export.run();
		assertEnded(ErrorKind.PERMANENT, 1);
	}

	private void assertEnded(ErrorKind kind, int attempts) {
		// The listener is told after the client is answered
		Awaitility.await().untilAsserted(() -> assertThat(this.ended).hasSize(attempts));
		assertThat(this.ended).extracting(ClientRetryTests::kind).containsOnly(kind);
	}

	private static ErrorKind kind(EndedCall call) {
		return (call.failure() != null) ? call.failure().kind() : null;
	}

	private SpanExporter exporter(Protocol protocol, String deadline) {
		return switch (protocol) {
			case HTTP -> OtlpHttpSpanExporter.builder()
				.setEndpoint(http("traces"))
				.setRetryPolicy(POLICY)
				.addHeader("x-request-timeout", deadline)
				.setTimeout(Duration.ofSeconds(30))
				.build();
			case GRPC -> OtlpGrpcSpanExporter.builder()
				.setEndpoint(grpc())
				.setRetryPolicy(POLICY)
				.addHeader("x-request-timeout", deadline)
				.setTimeout(Duration.ofSeconds(30))
				.build();
		};
	}

	private static SpanData span() {
		try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
			var span = provider.get("test").spanBuilder("span").startSpan();
			span.end();
			return ((ReadableSpan) span).toSpanData();
		}
	}

	private String http(String signal) {
		return "http://127.0.0.1:" + this.httpPort + "/v1/" + signal;
	}

	private String grpc() {
		return "http://127.0.0.1:" + this.grpcPort;
	}

	private String curl(Path directory, String... options) throws IOException, InterruptedException {
		Path body = Files.write(directory.resolve("body"), OtlpRequests.traces("curl").toByteArray());
		List<String> command = new ArrayList<>(
				List.of("curl", "-sS", "-D", "-", "-o", directory.resolve("answer").toString(), "-H",
						"Content-Type: application/x-protobuf", "--data-binary", "@" + body));
		command.addAll(List.of(options));
		command.add(http("traces"));
		Process process;
		try {
			process = new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			throw new TestAbortedException("There is no curl", ex);
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		return output;
	}

	enum Protocol {

		HTTP, GRPC

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Listener {

		@Bean
		Queue<EndedCall> ended() {
			return new ConcurrentLinkedQueue<>();
		}

		@Bean
		TelemetryCallListener recorder(Queue<EndedCall> ended) {
			return ended::add;
		}

	}

}
