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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that requests in flight are answered when the gateway stops.
 */
class ShutdownTests {

	private final CountDownLatch release = new CountDownLatch(1);

	private final RecordingOtlpServer downstream = new RecordingOtlpServer();

	@AfterEach
	void closeDownstream() {
		this.release.countDown();
		this.downstream.close();
	}

	@Test
	void requestsInFlightAreAnsweredBeforeTheEngineStops() throws Exception {
		try (Gateway gateway = new Gateway()) {
			CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway.context::close);
			gateway.awaitRefusalOfConnections();
			assertThat(closing).isNotDone();
			this.release.countDown();
			assertThat(gateway.http.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			assertThat(gateway.grpc.get(20, TimeUnit.SECONDS))
				.isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
			closing.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void requestsThatDoNotEndAreAnsweredBeforeTheServersClose() throws Exception {
		try (Gateway gateway = new Gateway("--spring.lifecycle.timeout-per-shutdown-phase=6s",
				"--spring.grpc.server.shutdown.grace-period=4s")) {
			CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway.context::close);
			assertThat(gateway.http.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
			Throwable failure = catchThrowable(() -> gateway.grpc.get(20, TimeUnit.SECONDS));
			assertThat(failure).isInstanceOf(ExecutionException.class);
			assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			// What a server says that is cut off differs
			assertThat(Status.fromThrowable(failure).getDescription()).containsIgnoringCase("shut");
			closing.get(20, TimeUnit.SECONDS);
		}
	}

	/** A gateway with one request over HTTP and one over gRPC in flight. */
	private final class Gateway implements AutoCloseable {

		private final ConfigurableApplicationContext context;

		private final ManagedChannel channel;

		private final CompletableFuture<HttpResponse<byte[]>> http;

		private final ListenableFuture<ExportTraceServiceResponse> grpc;

		Gateway(String... arguments) {
			RecordingOtlpServer downstream = ShutdownTests.this.downstream;
			downstream.holdUntil(ShutdownTests.this.release);
			String[] all = Arrays.copyOf(arguments, arguments.length + 4);
			all[arguments.length] = "--server.port=0";
			all[arguments.length + 1] = "--spring.grpc.server.port=0";
			all[arguments.length + 2] = "--management.server.port=0";
			all[arguments.length + 3] = "--ferrule.exporter.endpoint=" + downstream.endpoint();
			this.context = SpringApplication.run(GatewayApplication.class, all);
			this.channel = ManagedChannelBuilder.forAddress("127.0.0.1", port("local.grpc.server.port"))
				.usePlaintext()
				.build();
			ExportTraceServiceRequest traces = OtlpRequests.traces("in flight");
			// Over HTTP/2 the client of JDK 17 gives up what is in flight on GOAWAY
			this.http = HttpClient.newBuilder()
				.version(HttpClient.Version.HTTP_1_1)
				.build()
				.sendAsync(HttpRequest
					.newBuilder(URI.create("http://127.0.0.1:" + port("local.server.port") + "/v1/traces"))
					.header("Content-Type", "application/x-protobuf")
					.POST(BodyPublishers.ofByteArray(traces.toByteArray()))
					.build(), BodyHandlers.ofByteArray());
			this.grpc = TraceServiceGrpc.newFutureStub(this.channel).export(traces);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(downstream.traces()).hasSize(2));
		}

		/**
		 * Waits until one of the servers is closing; the other one may wait for it.
		 */
		void awaitRefusalOfConnections() {
			int httpPort = port("local.server.port");
			int grpcPort = port("local.grpc.server.port");
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !accepts(httpPort) || !accepts(grpcPort));
		}

		private boolean accepts(int port) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}

		private int port(String property) {
			return this.context.getEnvironment().getRequiredProperty(property, Integer.class);
		}

		@Override
		public void close() {
			ShutdownTests.this.release.countDown();
			this.context.close();
			this.channel.shutdownNow();
		}

	}

}
