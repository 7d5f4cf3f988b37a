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

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.testsupport.RawHttp;
import io.github.bucket4j.Bucket;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of a gateway with tenants, over HTTP and gRPC, with a real server behind.
 */
@TestPropertySource(properties = { "ferrule.batch.enabled=true", "ferrule.batch.max-duration=20ms",
		"gateway.tenants.shop.api-keys=" + TenantTests.SHOP,
		"gateway.tenants.bank.api-keys=" + TenantTests.BANK_HASH + "," + TenantTests.BOTH,
		"gateway.tenants.inn.api-keys=" + TenantTests.INN + "," + TenantTests.BOTH,
		"gateway.tenants.inn.rate-limit.requests=1", "gateway.tenants.inn.rate-limit.period=1h" })
class TenantTests extends GatewayTestBase {

	static final String SHOP = "shop-key-0123456789abcdef";

	static final String BANK = "bank-key-0123456789abcdef";

	static final String BANK_HASH = "sha256:4f314fef8ee570736299d36153535515dd927c2398e7afe5d3ab465630a03086";

	static final String BOTH = "both-key-0123456789abcdef";

	static final String INN = "inn-key-0123456789abcdef";

	private static final String TENANT = "x-scope-orgid";

	private static final byte[] BODY = OtlpRequests.traces("span").toByteArray();

	@Autowired
	private TenantCustomizer tenants;

	@Autowired
	private MeterRegistry meters;

	private ManagedChannel channel;

	@BeforeEach
	void open() {
		this.channel = ManagedChannelBuilder.forAddress("127.0.0.1", this.grpcPort).usePlaintext().build();
	}

	@AfterEach
	void close() {
		this.channel.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x-api-key=", "x-api-key=shop", "authorization=Bearer ", "authorization=Bearer x",
			"authorization=Basic " + SHOP, "authorization=" + SHOP, "x-api-key=" + BANK_HASH })
	void whoBringsNoKnownKeyIsRefused(String header) throws Exception {
		Map<String, String> headers = headers(header);
		RawHttp.Answer answer = post("/v1/traces", "application/x-protobuf", headers, BODY);
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
		assertThat(answer.header("Content-Type")).isEqualTo("application/x-protobuf");
		assertThat(com.google.rpc.Status.parseFrom(answer.body()).getCode()).isEqualTo(Code.UNAUTHENTICATED.value());
		answer = post("/v1/logs", "application/json", headers, "{}".getBytes());
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
		assertThat(new String(answer.body())).startsWith("{\"code\":16,");
		assertThat(export(headers, "span").getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
		assertThat(downstream.received()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "x-api-key=" + SHOP + ", shop", "authorization=Bearer " + SHOP + ", shop",
			"authorization=bearer  " + BANK + ", bank", "authorization=Basic dTpw;x-api-key=" + BANK + ", bank",
			"x-api-key=" + BOTH + ";X-Scope-OrgID=bank, bank", "x-api-key=" + SHOP + ";x-scope-orgid=shop, shop" })
	void theTenantOfAKeyGoesOnAndTheKeyDoesNot(String header, String tenant) throws Exception {
		Map<String, String> headers = headers(header);
		assertThat(post("/v1/traces", "application/x-protobuf", headers, BODY).status()).isEqualTo(200);
		assertThat(export(headers, "span")).isNull();
		assertThat(downstream.received()).hasSize(2).allSatisfy((received) -> assertTenant(received, tenant));
	}

	@ParameterizedTest
	@CsvSource({ "x-api-key=" + SHOP + ";x-scope-orgid=bank, 403, PERMISSION_DENIED",
			"x-api-key=" + SHOP + ";x-scope-orgid=, 403, PERMISSION_DENIED",
			"x-api-key=" + BOTH + ";x-scope-orgid=shop, 403, PERMISSION_DENIED",
			"x-api-key=" + BOTH + ", 400, INVALID_ARGUMENT" })
	void aTenantThatIsNotOneOfTheKeyIsRefused(String header, int status, Code code) throws Exception {
		Map<String, String> headers = headers(header);
		RawHttp.Answer answer = post("/v1/traces", "application/x-protobuf", headers, BODY);
		assertThat(answer.status()).isEqualTo(status);
		assertThat(com.google.rpc.Status.parseFrom(answer.body()).getCode()).isEqualTo(code.value());
		assertThat(export(headers, "span").getStatus().getCode()).isEqualTo(code);
		assertThat(downstream.received()).isEmpty();
	}

	@Test
	void dataOfTwoTenantsNeverShareARequest() throws Exception {
		List<ListenableFuture<ExportTraceServiceResponse>> exports = new ArrayList<>();
		List<CompletableFuture<Integer>> posts = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			String tenant = (i % 2 == 0) ? "shop" : "bank";
			Map<String, String> headers = Map.of("x-api-key", (i % 2 == 0) ? SHOP : BANK);
			exports.add(TraceServiceGrpc.newFutureStub(this.channel)
				.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(headers)))
				.export(OtlpRequests.traces(tenant)));
			posts.add(CompletableFuture.supplyAsync(() -> post("/v1/traces", "application/x-protobuf", headers,
					OtlpRequests.traces(tenant).toByteArray())
				.status()));
		}
		for (int i = 0; i < exports.size(); i++) {
			exports.get(i).get(30, TimeUnit.SECONDS);
			assertThat(posts.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(200);
		}
		int spans = 0;
		for (RecordingOtlpServer.Received received : downstream.received()) {
			List<String> names = spanNames(received);
			assertThat(names).containsOnly(names.get(0));
			assertTenant(received, names.get(0));
			spans += names.size();
		}
		assertThat(spans).isEqualTo(80);
		assertThat(downstream.received()).as("batches").hasSizeLessThan(80);
	}

	@Test
	void whoSendsTooMuchIsToldWhenToComeBack() throws Exception {
		Map<String, String> headers = Map.of("x-api-key", INN);
		exhaustInn();
		double limited = limited();
		RawHttp.Answer answer = post("/v1/traces", "application/x-protobuf", headers, BODY);
		assertThat(answer.status()).isEqualTo(429);
		assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(3000, 3600);
		com.google.rpc.Status status = com.google.rpc.Status.parseFrom(answer.body());
		assertThat(status.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.value());
		assertThat(retryInfo(status)).isBetween(3000L, 3600L);
		StatusRuntimeException failure = export(headers, "span");
		assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
		assertThat(retryInfo(StatusProto.fromThrowable(failure))).isBetween(3000L, 3600L);
		assertThat(limited() - limited).isEqualTo(2);
		assertThat(export(Map.of("x-api-key", SHOP), "span")).isNull();
		assertThat(export(Map.of("x-api-key", BOTH, TENANT, "bank"), "span")).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void exporterOfTheSdkSendsAgainWhatWasLimited(boolean grpc) {
		RetryPolicy policy = RetryPolicy.builder().setMaxAttempts(5).setInitialBackoff(Duration.ofSeconds(1)).build();
		exhaustInn();
		double limited = limited();
		try (SpanExporter exporter = grpc
				? OtlpGrpcSpanExporter.builder()
					.setEndpoint("http://127.0.0.1:" + this.grpcPort)
					.addHeader("x-api-key", INN)
					.setTimeout(Duration.ofSeconds(60))
					.setRetryPolicy(policy)
					.build()
				: OtlpHttpSpanExporter.builder()
					.setEndpoint("http://127.0.0.1:" + this.httpPort + "/v1/traces")
					.addHeader("Authorization", "Bearer " + INN)
					.setTimeout(Duration.ofSeconds(60))
					.setRetryPolicy(policy)
					.build()) {
			CompletableResultCode result = exporter.export(List.of(span()));
			Awaitility.await().until(() -> limited() > limited);
			assertThat(result.isDone()).isFalse();
			((Bucket) ReflectionTestUtils.getField(this.tenants.limit("inn"), "bucket")).reset();
			assertThat(result.join(60, TimeUnit.SECONDS).isSuccess()).isTrue();
		}
		assertThat(downstream.received()).singleElement().satisfies((received) -> assertTenant(received, "inn"));
	}

	@ParameterizedTest
	@CsvSource({ ", 401, UNAUTHENTICATED", "x-api-key=" + SHOP + ";x-scope-orgid=bank, 403, PERMISSION_DENIED",
			"x-api-key=" + INN + ", 429, RESOURCE_EXHAUSTED" })
	void refusedRequestsAreNotRead(String header, int status, Code code) throws Exception {
		exhaustInn();
		Map<String, String> headers = new HashMap<>(headers(header));
		CompletableFuture<Status> closed = new CompletableFuture<>();
		// The headers of a unary call go out with its message
		ClientCall<ExportTraceServiceRequest, ExportTraceServiceResponse> call = this.channel.newCall(
				TraceServiceGrpc.getExportMethod().toBuilder().setType(MethodType.CLIENT_STREAMING).build(),
				CallOptions.DEFAULT);
		call.start(new ClientCall.Listener<>() {

			@Override
			public void onClose(Status status, Metadata trailers) {
				closed.complete(status);
			}

		}, metadata(headers));
		call.request(1);
		assertThat(closed.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(code);
		try (RawHttp connection = connect()) {
			headers.put("Content-Type", "application/x-protobuf");
			headers.put("Content-Length", "60000000");
			connection.send("POST", "/v1/traces", headers, null);
			assertThat(connection.read("POST").status()).isEqualTo(status);
		}
	}

	@Test
	void refusalsOfTheEndpointAreAsWithoutTenants() throws Exception {
		Map<String, String> headers = Map.of("x-api-key", SHOP);
		assertThat(post("/v1/profiles", "application/json", headers, BODY).status()).isEqualTo(404);
		assertThat(post("/v1/traces", "text/plain", headers, BODY).status()).isEqualTo(415);
		assertThat(post("/v1/traces", "application/x-protobuf", headers, new byte[] { 1 }).status()).isEqualTo(400);
		RawHttp.Answer answer = post("//v1/traces", "application/json", headers, BODY);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(new String(answer.body())).startsWith("{\"code\":3,");
		try (RawHttp connection = connect()) {
			connection.send("GET", "/v1/traces", headers, null);
			assertThat(connection.read("GET").status()).isEqualTo(405);
		}
	}

	@Test
	void deadlineEndsARequestWhoseBodyDoesNotCome() throws Exception {
		try (RawHttp connection = connect()) {
			connection.send("POST", "/v1/traces", Map.of("Content-Type", "application/x-protobuf", "Content-Length",
					"100", "x-request-timeout", "200ms", "x-api-key", SHOP), null);
			connection.write(new byte[50]);
			assertThat(connection.read("POST").status()).isEqualTo(504);
		}
	}

	@Test
	void callOfAClientThatLeavesIsCancelled() throws Exception {
		downstream.holdUntil(this.release);
		long cancelled = this.engine.inspector().counters().failed().get(ErrorKind.CANCELLED);
		try (RawHttp connection = connect()) {
			connection.send("POST", "/v1/traces", Map.of("Content-Type", "application/x-protobuf", "x-api-key", SHOP),
					BODY);
			Awaitility.await().until(() -> downstream.received().size() == 1);
			connection.reset();
			Awaitility.await()
				.until(() -> this.engine.inspector().counters().failed().get(ErrorKind.CANCELLED) == cancelled + 1);
		}
	}

	@Test
	void healthOverGrpcNeedsNoKey() {
		assertThat(HealthGrpc.newBlockingStub(this.channel).check(HealthCheckRequest.getDefaultInstance()).getStatus())
			.isEqualTo(ServingStatus.SERVING);
	}

	private void exhaustInn() {
		Awaitility.await().until(() -> !this.tenants.limit("inn").admit().isZero());
	}

	private double limited() {
		return this.meters.get("gateway.requests").tags("tenant", "inn", "outcome", "limited").counter().count();
	}

	private RawHttp connect() throws Exception {
		return new RawHttp(URI.create("http://127.0.0.1:" + this.httpPort));
	}

	private RawHttp.Answer post(String path, String contentType, Map<String, String> headers, byte[] body) {
		Map<String, String> all = new HashMap<>(headers);
		all.put("Content-Type", contentType);
		try (RawHttp connection = connect()) {
			connection.send("POST", path, all, body);
			return connection.read("POST");
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private StatusRuntimeException export(Map<String, String> headers, String span) {
		return catchThrowableOfType(StatusRuntimeException.class,
				() -> TraceServiceGrpc.newBlockingStub(this.channel)
					.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(headers)))
					.export(OtlpRequests.traces(span)));
	}

	private static Map<String, String> headers(String text) {
		Map<String, String> headers = new HashMap<>();
		if (text != null && !text.isEmpty()) {
			for (String header : text.split(";")) {
				headers.put(header.substring(0, header.indexOf('=')), header.substring(header.indexOf('=') + 1));
			}
		}
		return headers;
	}

	private static Metadata metadata(Map<String, String> headers) {
		Metadata metadata = new Metadata();
		headers.forEach((name, value) -> metadata.put(key(name), value));
		return metadata;
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	private static void assertTenant(RecordingOtlpServer.Received received, String tenant) {
		assertThat(received.headers().getAll(key(TENANT))).containsExactly(tenant);
		assertThat(received.headers().containsKey(key("x-api-key"))).isFalse();
		assertThat(received.headers().containsKey(key("authorization"))).isFalse();
	}

	private static List<String> spanNames(RecordingOtlpServer.Received received) {
		return ((ExportTraceServiceRequest) received.message()).getResourceSpansList()
			.stream()
			.flatMap((resource) -> resource.getScopeSpansList().stream())
			.flatMap((scope) -> scope.getSpansList().stream())
			.map((span) -> span.getName())
			.toList();
	}

	private static long retryInfo(com.google.rpc.Status status) throws Exception {
		for (com.google.protobuf.Any detail : status.getDetailsList()) {
			if (detail.is(RetryInfo.class)) {
				return detail.unpack(RetryInfo.class).getRetryDelay().getSeconds();
			}
		}
		throw new AssertionError("No RetryInfo");
	}

	private static SpanData span() {
		try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
			var span = provider.get("test").spanBuilder("span").startSpan();
			span.end();
			return ((ReadableSpan) span).toSpanData();
		}
	}

}
