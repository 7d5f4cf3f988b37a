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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that requests in flight are answered when the gateway stops.
 */
class ShutdownTests {

	@Test
	void requestsInFlightAreAnsweredBeforeTheEngineStops() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		try (RecordingOtlpServer downstream = new RecordingOtlpServer()) {
			downstream.holdUntil(release);
			ConfigurableApplicationContext context = SpringApplication.run(GatewayApplication.class, "--server.port=0",
					"--spring.grpc.server.port=0", "--management.server.port=0",
					"--ferrule.exporter.endpoint=" + downstream.endpoint());
			ManagedChannel channel = ManagedChannelBuilder
				.forAddress("127.0.0.1", port(context, "local.grpc.server.port"))
				.usePlaintext()
				.build();
			ExportTraceServiceRequest traces = OtlpRequests.traces("in flight");
			CompletableFuture<HttpResponse<byte[]>> http = HttpClient.newHttpClient()
				.sendAsync(HttpRequest
					.newBuilder(URI.create("http://127.0.0.1:" + port(context, "local.server.port") + "/v1/traces"))
					.header("Content-Type", "application/x-protobuf")
					.POST(BodyPublishers.ofByteArray(traces.toByteArray()))
					.build(), BodyHandlers.ofByteArray());
			ListenableFuture<ExportTraceServiceResponse> grpc = TraceServiceGrpc.newFutureStub(channel).export(traces);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(downstream.traces()).hasSize(2));
			CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);
			assertThat(closing).isNotDone();
			release.countDown();
			assertThat(http.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			assertThat(grpc.get(20, TimeUnit.SECONDS)).isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
			closing.get(20, TimeUnit.SECONDS);
			channel.shutdownNow();
		}
	}

	private static int port(ConfigurableApplicationContext context, String property) {
		return context.getEnvironment().getRequiredProperty(property, Integer.class);
	}

}
