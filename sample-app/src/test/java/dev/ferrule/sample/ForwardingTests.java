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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.testsupport.TestingPipeline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that requests pass the gateway unchanged, against a real server behind it.
 */
@TestPropertySource(properties = "ferrule.retry.enabled=false")
class ForwardingTests extends GatewayTestBase {

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	void protobufOverHttpArrivesUnchanged() throws Exception {
		ExportTraceServiceRequest traces = OtlpRequests.traces("http");
		ExportMetricsServiceRequest metrics = OtlpRequests.metrics("http");
		ExportLogsServiceRequest logs = OtlpRequests.logs("http");
		assertSuccess(post("/v1/traces", "application/x-protobuf", traces.toByteArray()));
		assertSuccess(post("/v1/metrics", "application/x-protobuf", metrics.toByteArray()));
		assertSuccess(post("/v1/logs", "application/x-protobuf", logs.toByteArray()));
		assertThat(downstream.traces()).containsExactly(traces);
		assertThat(downstream.metrics()).containsExactly(metrics);
		assertThat(downstream.logs()).containsExactly(logs);
	}

	@Test
	void compressedProtobufOverHttpArrivesUnchanged() throws Exception {
		ExportTraceServiceRequest traces = OtlpRequests.traces("gzip");
		HttpRequest request = request("/v1/traces", "application/x-protobuf", gzip(traces.toByteArray()))
			.header("Content-Encoding", "gzip")
			.build();
		assertSuccess(this.http.send(request, BodyHandlers.ofByteArray()));
		assertThat(downstream.traces()).containsExactly(traces);
	}

	@Test
	void jsonOverHttpArrivesAsProtobuf() throws Exception {
		HttpResponse<byte[]> response = post("/v1/logs", "application/json", """
				{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"18446744073709551615",
				"traceId":"5b8efff798038103d269b633813fc60c","severityNumber":9,
				"body":{"stringValue":"from json"}}]}]}]}""".getBytes());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(new String(response.body())).isEqualTo("{}");
		assertThat(downstream.logs()).singleElement().satisfies((request) -> {
			var log = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
			assertThat(log.getTimeUnixNano()).isEqualTo(-1L);
			assertThat(log.getTraceId().size()).isEqualTo(16);
			assertThat(log.getTraceId().byteAt(1)).isEqualTo((byte) 0x8e);
			assertThat(log.getSeverityNumberValue()).isEqualTo(9);
			assertThat(log.getBody().getStringValue()).isEqualTo("from json");
		});
	}

	@Test
	void requestsOverGrpcArriveUnchanged() {
		ExportTraceServiceRequest traces = OtlpRequests.traces("grpc");
		ExportMetricsServiceRequest metrics = OtlpRequests.metrics("grpc");
		ExportLogsServiceRequest logs = OtlpRequests.logs("grpc");
		withChannel((channel) -> {
			assertThat(TraceServiceGrpc.newBlockingStub(channel).export(traces))
				.isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
			assertThat(MetricsServiceGrpc.newBlockingStub(channel).export(metrics))
				.isEqualTo(ExportMetricsServiceResponse.getDefaultInstance());
			assertThat(LogsServiceGrpc.newBlockingStub(channel).export(logs))
				.isEqualTo(ExportLogsServiceResponse.getDefaultInstance());
		});
		assertThat(downstream.traces()).containsExactly(traces);
		assertThat(downstream.metrics()).containsExactly(metrics);
		assertThat(downstream.logs()).containsExactly(logs);
	}

	@Test
	void largeRequestsArriveUnchanged() throws Exception {
		ExportLogsServiceRequest logs = OtlpRequests.logs("x".repeat(8 * 1024 * 1024));
		assertSuccess(post("/v1/logs", "application/x-protobuf", logs.toByteArray()));
		withChannel((channel) -> LogsServiceGrpc.newBlockingStub(channel).export(logs));
		assertThat(downstream.logs()).containsExactly(logs, logs);
	}

	@Test
	void tenantThatAClientNamesDoesNotGoOnWithoutTenants() throws Exception {
		assertSuccess(this.http
			.send(request("/v1/traces", "application/x-protobuf", OtlpRequests.traces("http").toByteArray())
				.header("X-Scope-OrgID", "forged")
				.build(), BodyHandlers.ofByteArray()));
		assertThat(downstream.headers()).singleElement()
			.satisfies((headers) -> assertThat(headers.keys()).doesNotContain("x-scope-orgid"));
	}

	@Test
	void partialSuccessArrivesOverHttp() throws Exception {
		downstream.rejectPart(3, "too 'old'");
		HttpResponse<byte[]> protobuf = post("/v1/traces", "application/x-protobuf",
				OtlpRequests.traces("part").toByteArray());
		assertThat(protobuf.statusCode()).isEqualTo(200);
		var partial = ExportTraceServiceResponse.parseFrom(protobuf.body()).getPartialSuccess();
		assertThat(partial.getRejectedSpans()).isEqualTo(3);
		assertThat(partial.getErrorMessage()).isEqualTo("too 'old'");
		HttpResponse<byte[]> json = post("/v1/traces", "application/json", TestingPipeline.SPANS);
		assertThat(json.statusCode()).isEqualTo(200);
		assertThat(new String(json.body()))
			.isEqualTo("{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"too 'old'\"}}");
	}

	@Test
	void partialSuccessArrivesOverGrpc() {
		downstream.rejectPart(2, "odd");
		withChannel((channel) -> {
			var traces = TraceServiceGrpc.newBlockingStub(channel).export(OtlpRequests.traces("part"));
			assertThat(traces.getPartialSuccess().getRejectedSpans()).isEqualTo(2);
			assertThat(traces.getPartialSuccess().getErrorMessage()).isEqualTo("odd");
			var metrics = MetricsServiceGrpc.newBlockingStub(channel).export(OtlpRequests.metrics("part"));
			assertThat(metrics.getPartialSuccess().getRejectedDataPoints()).isEqualTo(2);
			var logs = LogsServiceGrpc.newBlockingStub(channel).export(OtlpRequests.logs("part"));
			assertThat(logs.getPartialSuccess().getRejectedLogRecords()).isEqualTo(2);
			assertThat(logs.getPartialSuccess().getErrorMessage()).isEqualTo("odd");
		});
	}

	@Test
	void warningWithoutRejectionArrives() {
		downstream.rejectPart(0, "deprecated");
		withChannel((channel) -> {
			var logs = LogsServiceGrpc.newBlockingStub(channel).export(OtlpRequests.logs("warned"));
			assertThat(logs.getPartialSuccess().getErrorMessage()).isEqualTo("deprecated");
			assertThat(logs.getPartialSuccess().getRejectedLogRecords()).isZero();
		});
	}

	@Test
	void malformedRequestIsRefusedAndNotForwarded() throws Exception {
		HttpResponse<byte[]> response = post("/v1/traces", "application/x-protobuf", new byte[] { 0x0a, 0x7f, 0 });
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(status(response).getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
		assertThat(downstream.traces()).isEmpty();
	}

	@Test
	void unavailableDownstreamIsRetryableForHttpClients() throws Exception {
		downstream.answerWith(io.grpc.Status.UNAVAILABLE.withDescription("maintenance"));
		HttpResponse<byte[]> response = post("/v1/traces", "application/x-protobuf",
				OtlpRequests.traces("refused").toByteArray());
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(status(response).getCode()).isEqualTo(Code.UNAVAILABLE.value());
		assertThat(downstream.traces()).hasSize(1);
	}

	@Test
	void unavailableDownstreamIsRetryableForGrpcClients() {
		downstream.answerWith(io.grpc.Status.UNAVAILABLE.withDescription("maintenance"));
		withChannel((channel) -> assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel).export(OtlpRequests.traces("refused")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE)));
	}

	@Test
	void downstreamThatRefusesForGoodIsPermanentForClients() {
		downstream.answerWith(io.grpc.Status.INVALID_ARGUMENT.withDescription("no such tenant"));
		withChannel((channel) -> assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel).export(OtlpRequests.traces("refused")))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
				Status status = StatusProto.fromThrowable(ex);
				assertThat(status == null
						|| status.getDetailsList().stream().noneMatch((detail) -> detail.is(RetryInfo.class)))
					.isTrue();
			}));
	}

	@Test
	void unknownPathAnswersInTheMannerOfOtlp() throws Exception {
		HttpResponse<byte[]> response = post("/v1/profiles", "application/x-protobuf", new byte[0]);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(status(response).getCode()).isEqualTo(Code.UNIMPLEMENTED.value());
	}

	@Test
	void healthIsServedOnItsOwnPort(@Autowired Environment environment) throws Exception {
		int port = environment.getRequiredProperty("local.management.port", Integer.class);
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health"))
			.build();
		HttpResponse<String> response = this.http.send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("\"status\":\"UP\"");
	}

	private HttpResponse<byte[]> post(String path, String contentType, byte[] body) throws Exception {
		return this.http.send(request(path, contentType, body).build(), BodyHandlers.ofByteArray());
	}

	private HttpRequest.Builder request(String path, String contentType, byte[] body) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.httpPort + path))
			.version(HttpClient.Version.HTTP_1_1)
			.header("Content-Type", contentType)
			.POST(BodyPublishers.ofByteArray(body));
	}

	private void withChannel(Consumer<ManagedChannel> action) {
		ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", this.grpcPort).usePlaintext().build();
		try {
			action.accept(channel);
		}
		finally {
			channel.shutdownNow();
		}
	}

	private static void assertSuccess(HttpResponse<byte[]> response) {
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-protobuf");
		assertThat(response.body()).isEmpty();
	}

	private static Status status(HttpResponse<byte[]> response) throws InvalidProtocolBufferException {
		return Status.parseFrom(response.body());
	}

	private static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
			gzip.write(bytes);
		}
		return out.toByteArray();
	}

}
