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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.testsupport.RawHttp;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a gateway with batches can stop while requests keep coming.
 */
@Timeout(180)
class ShutdownLoadTests {

	private static final int THREADS = 16;

	private static final int CALLS_BEFORE_THE_STOP = 500;

	private final RecordingOtlpServer downstream = new RecordingOtlpServer();

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	private final AtomicInteger calls = new AtomicInteger();

	private final Set<String> succeeded = ConcurrentHashMap.newKeySet();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	@AfterEach
	void close() {
		this.threads.shutdownNow();
		this.downstream.close();
	}

	@Test
	void submissionsHaveTheirOutcomesWhenTheContextStops() throws Exception {
		NativeEngine engine;
		List<Future<Integer>> submitted;
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, "ferrule.otlp.http.enabled=false")) {
			engine = context.getBean(NativeEngine.class);
			submitted = start((thread) -> submit(context.getBean(TelemetryEngine.class), thread));
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.calls.get() > CALLS_BEFORE_THE_STOP);
		}
		int sum = 0;
		for (Future<Integer> count : submitted) {
			sum += count.get(30, TimeUnit.SECONDS);
		}
		assertNothingIsLeft(engine);
		assertThat(this.calls).hasValue(sum);
		assertThat(this.failures).hasSizeGreaterThanOrEqualTo(THREADS)
			.allSatisfy((failure) -> assertThat(isShutdown(failure)).as(failure.toString()).isTrue());
		assertThat(this.succeeded).hasSize(sum - this.failures.size());
		assertThat(spanNames()).doesNotHaveDuplicates().containsAll(this.succeeded);
	}

	/** Submits without waiting until the engine takes no more calls. */
	private int submit(TelemetryEngine engine, int thread) throws Exception {
		int outstanding = 50;
		Semaphore free = new Semaphore(outstanding);
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		int count = 0;
		while (!stopped.isDone()) {
			assertThat(free.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
			String name = thread + "." + count++;
			byte[] bytes = OtlpRequests.traces(name).toByteArray();
			engine.submit(TelemetryPayload.of(Signal.TRACES, bytes)).whenComplete((result, failure) -> {
				record(name, failure);
				if (failure != null) {
					stopped.complete(null);
				}
				free.release();
			});
		}
		assertThat(free.tryAcquire(outstanding, 30, TimeUnit.SECONDS)).isTrue();
		return count;
	}

	private void record(String name, @Nullable Throwable failure) {
		this.calls.incrementAndGet();
		if (failure != null) {
			this.failures.add(failure);
		}
		else {
			this.succeeded.add(name);
		}
	}

	private static boolean isShutdown(Throwable failure) {
		return failure instanceof TelemetryEngineException exception
				&& exception.failure().cause() == CancellationCause.SHUTDOWN;
	}

	@Test
	void clientsHearOfEveryOutcomeWhenTheContextStops() throws Exception {
		NativeEngine engine;
		List<Future<Integer>> heard;
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "server.port=0",
				"management.server.port=0")) {
			engine = context.getBean(NativeEngine.class);
			int http = port(context, "local.server.port");
			int grpc = port(context, "local.grpc.server.port");
			heard = start((thread) -> (thread % 2 == 0) ? post(http, thread) : export(grpc, thread));
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.calls.get() > CALLS_BEFORE_THE_STOP);
		}
		int successes = 0;
		for (Future<Integer> count : heard) {
			successes += count.get(30, TimeUnit.SECONDS);
		}
		assertNothingIsLeft(engine);
		assertThat(engine.inspector().counters().succeeded()).isEqualTo(successes);
		assertThat(spanNames()).doesNotHaveDuplicates().containsAll(this.succeeded);
	}

	/** Sends over HTTP until the server does not answer with success any more. */
	private int post(int port, int thread) throws Exception {
		int count = 0;
		while (true) {
			try (RawHttp connection = new RawHttp(URI.create("http://127.0.0.1:" + port))) {
				RawHttp.Answer answer;
				do {
					String name = thread + "." + count;
					connection.send("POST", "/v1/traces", Map.of("Content-Type", "application/x-protobuf"),
							OtlpRequests.traces(name).toByteArray());
					answer = connection.read("POST");
					if (answer.status() != 200) {
						assertThat(answer.status()).isEqualTo(503);
						return count;
					}
					count++;
					record(name, null);
				}
				while (!"close".equals(answer.header("Connection")));
			}
			catch (IOException ex) {
				return count;
			}
		}
	}

	/** Sends over gRPC until the server does not answer with success any more. */
	private int export(int port, int thread) {
		ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
		TraceServiceGrpc.TraceServiceBlockingStub stub = TraceServiceGrpc.newBlockingStub(channel);
		int count = 0;
		try {
			while (true) {
				String name = thread + "." + count;
				stub.export(OtlpRequests.traces(name));
				count++;
				record(name, null);
			}
		}
		catch (StatusRuntimeException ex) {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			return count;
		}
		finally {
			channel.shutdownNow();
		}
	}

	private List<Future<Integer>> start(Work work) {
		List<Future<Integer>> results = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			int thread = i;
			Callable<Integer> task = () -> work.run(thread);
			results.add(this.threads.submit(task));
		}
		return results;
	}

	private static void assertNothingIsLeft(NativeEngine engine) {
		EngineCounters counters = engine.inspector().counters();
		assertThat(counters.inFlight()).isZero();
		assertThat(counters.completed()).isEqualTo(counters.submitted());
		assertThat(counters.lateCompletions() + counters.lastNetFired() + counters.malformedRecords()).isZero();
	}

	private List<String> spanNames() {
		return this.downstream.traces().stream().flatMap(ShutdownLoadTests::spanNames).toList();
	}

	private static Stream<String> spanNames(ExportTraceServiceRequest request) {
		return request.getResourceSpansList()
			.stream()
			.flatMap((resource) -> resource.getScopeSpansList().stream())
			.flatMap((scope) -> scope.getSpansList().stream())
			.map((span) -> span.getName());
	}

	private ConfigurableApplicationContext run(WebApplicationType type, String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--spring.grpc.server.port=0", "--ferrule.batch.enabled=true",
				"--ferrule.exporter.endpoint=" + this.downstream.endpoint()));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new SpringApplicationBuilder(GatewayApplication.class).web(type).run(arguments.toArray(String[]::new));
	}

	private static int port(ConfigurableApplicationContext context, String property) {
		return context.getEnvironment().getRequiredProperty(property, Integer.class);
	}

	/** What a thread does until the gateway stops. */
	private interface Work {

		int run(int thread) throws Exception;

	}

}
