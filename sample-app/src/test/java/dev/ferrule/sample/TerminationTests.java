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
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Message;
import dev.ferrule.testsupport.RawHttp;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that a gateway that runs as a process of its own and gets a SIGTERM while clients
 * send and wait answers all of them.
 */
@Timeout(600)
class TerminationTests {

	private static final int LOAD_THREADS = 8;

	private static final int CALLS_BEFORE_THE_STOP = 200;

	private static final int HELD = 3;

	private final RecordingOtlpServer downstream = new RecordingOtlpServer();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch end = new CountDownLatch(1);

	private final ExecutorService threads = Executors.newFixedThreadPool(LOAD_THREADS);

	private final Set<String> succeeded = ConcurrentHashMap.newKeySet();

	private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

	private final List<ManagedChannel> channels = new ArrayList<>();

	@AfterEach
	void close() {
		this.end.countDown();
		this.threads.shutdownNow();
		this.channels.forEach(ManagedChannel::shutdownNow);
		this.downstream.close();
	}

	@Test
	void everyCallIsAnsweredAndTheEngineStopsLast(@TempDir Path directory) throws Exception {
		this.downstream.hold((request) -> name(request).startsWith("held"), this.release);
		this.downstream.hold((request) -> name(request).startsWith("never"), this.end);
		try (GatewayProcess gateway = new GatewayProcess(directory.resolve("log"),
				"--ferrule.exporter.endpoint=" + this.downstream.endpoint(),
				"--gateway.tenants.shop.api-keys=" + TenantTests.SHOP)) {
			TraceServiceGrpc.TraceServiceFutureStub stub = TraceServiceGrpc.newFutureStub(channel(gateway.grpcPort()))
				.withInterceptors(apiKey());
			List<CompletableFuture<HttpResponse<byte[]>>> posts = new ArrayList<>();
			List<ListenableFuture<ExportTraceServiceResponse>> exports = new ArrayList<>();
			for (int i = 0; i < HELD; i++) {
				posts.add(post(gateway.http(), "held"));
				exports.add(stub.export(OtlpRequests.traces("held")));
			}
			CompletableFuture<HttpResponse<byte[]>> postWithoutEnd = post(gateway.http(), "never");
			ListenableFuture<ExportTraceServiceResponse> exportWithoutEnd = stub.export(OtlpRequests.traces("never"));
			List<Future<?>> load = startLoad(gateway);
			await(() -> this.downstream.traces()
				.stream()
				.filter((request) -> name(request).matches("held|never"))
				.count() == 2 * HELD + 2 && this.succeeded.size() >= CALLS_BEFORE_THE_STOP);

			assertThat(readiness(gateway)).isEqualTo(200);
			gateway.terminate();
			gateway.awaitRefusalOfGrpcConnections();
			assertThat(readiness(gateway)).isEqualTo(503);
			this.release.countDown();

			for (int i = 0; i < HELD; i++) {
				assertThat(posts.get(i).get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
				assertThat(exports.get(i).get(60, TimeUnit.SECONDS)).isNotNull();
			}
			HttpResponse<byte[]> answer = postWithoutEnd.get(60, TimeUnit.SECONDS);
			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(com.google.rpc.Status.parseFrom(answer.body()).getCode())
				.isEqualTo(Status.Code.UNAVAILABLE.value());
			Throwable failure = catchThrowable(() -> exportWithoutEnd.get(60, TimeUnit.SECONDS));
			assertThat(failure).isInstanceOf(ExecutionException.class);
			assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			for (Future<?> each : load) {
				each.get(60, TimeUnit.SECONDS);
			}
			assertThat(gateway.awaitExit()).as(gateway.log()).isEqualTo(143);
			assertOrderlyStop(gateway.log());
		}
		List<String> arrived = this.downstream.traces().stream().map(TerminationTests::name).toList();
		assertThat(arrived).containsAll(this.succeeded);
		assertThat(this.unanswered).noneMatch(arrived::contains);
		assertThat(arrived.stream().filter((name) -> name.startsWith("load"))).doesNotHaveDuplicates();
	}

	private static void assertOrderlyStop(String log) {
		assertThat(log).doesNotContain("still running after timeout", "Graceful shutdown aborted", " ERROR ");
		assertThat(log.substring(log.lastIndexOf("Graceful shutdown complete")))
			.contains("event_type=ShutdownRequested");
		assertThat(log.substring(log.indexOf("Completed gRPC server shutdown")))
			.contains("event_type=ShutdownRequested");
	}

	private List<Future<?>> startLoad(GatewayProcess gateway) {
		URI http = gateway.http();
		int grpc = gateway.grpcPort();
		List<Future<?>> load = new ArrayList<>();
		for (int i = 0; i < LOAD_THREADS; i++) {
			String prefix = "load." + i + ".";
			boolean overHttp = i % 2 == 0;
			ManagedChannel channel = channel(grpc);
			load.add(this.threads.submit(() -> {
				if (overHttp) {
					postUntilTheEnd(http, prefix);
				}
				else {
					exportUntilTheEnd(channel, prefix);
				}
				return null;
			}));
		}
		return load;
	}

	private void postUntilTheEnd(URI http, String prefix) throws IOException {
		int count = 0;
		boolean up = true;
		while (up) {
			try (RawHttp connection = new RawHttp(http)) {
				boolean open = true;
				while (open) {
					String name = prefix + count++;
					RawHttp.Answer answer = exchange(connection, name);
					if (answer == null) {
						break;
					}
					up = answer.status() == 200;
					open = up && !"close".equals(answer.header("Connection"));
					if (up) {
						this.succeeded.add(name);
					}
					else {
						assertThat(answer.status()).isEqualTo(503);
					}
				}
			}
			catch (ConnectException ex) {
				return;
			}
		}
	}

	// A server that closes a connection may cross with a request that is on its way, but
	// then does not serve it
	private RawHttp.Answer exchange(RawHttp connection, String name) {
		try {
			connection.send("POST", "/v1/traces",
					Map.of("Content-Type", "application/x-protobuf", "x-api-key", TenantTests.SHOP),
					OtlpRequests.traces(name).toByteArray());
			return connection.read("POST");
		}
		catch (IOException ex) {
			this.unanswered.add(name);
			return null;
		}
	}

	private void exportUntilTheEnd(ManagedChannel channel, String prefix) {
		TraceServiceGrpc.TraceServiceBlockingStub stub = TraceServiceGrpc.newBlockingStub(channel)
			.withInterceptors(apiKey());
		int count = 0;
		try {
			while (true) {
				String name = prefix + count++;
				stub.export(OtlpRequests.traces(name));
				this.succeeded.add(name);
			}
		}
		catch (StatusRuntimeException ex) {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		}
	}

	private static CompletableFuture<HttpResponse<byte[]>> post(URI http, String name) {
		return HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(http.resolve("/v1/traces"))
				.version(HttpClient.Version.HTTP_1_1)
				.header("Content-Type", "application/x-protobuf")
				.header("x-api-key", TenantTests.SHOP)
				.POST(BodyPublishers.ofByteArray(OtlpRequests.traces(name).toByteArray()))
				.build(), BodyHandlers.ofByteArray());
	}

	private static int readiness(GatewayProcess gateway) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(gateway.management().resolve("/actuator/health/readiness"))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
	}

	private ManagedChannel channel(int port) {
		ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
		this.channels.add(channel);
		return channel;
	}

	private static ClientInterceptor apiKey() {
		Metadata headers = new Metadata();
		headers.put(Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER), TenantTests.SHOP);
		return MetadataUtils.newAttachHeadersInterceptor(headers);
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
	}

	private static String name(Message request) {
		return ((ExportTraceServiceRequest) request).getResourceSpans(0).getScopeSpans(0).getSpans(0).getName();
	}

}
