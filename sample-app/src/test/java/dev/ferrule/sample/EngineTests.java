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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import io.grpc.Metadata;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests the engine as an application uses it, with several configurations.
 */
class EngineTests {

	private final RecordingOtlpServer downstream = new RecordingOtlpServer();

	@AfterEach
	void closeDownstream() {
		this.downstream.close();
	}

	@Test
	void applicationSubmitsUnderADeadline() throws Exception {
		try (ConfigurableApplicationContext context = run("ferrule.exporter.endpoint=" + this.downstream.endpoint())) {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			byte[] bytes = OtlpRequests.traces("own").toByteArray();
			CompletableFuture<ExportResult> outcome = engine.submit(TelemetryPayload.of(Signal.TRACES, bytes),
					CallContext.builder().deadline(Deadline.after(Duration.ofSeconds(20))).build());
			assertThat(outcome.get(20, TimeUnit.SECONDS).rejectedItems()).isZero();
			assertThat(this.downstream.traces()).containsExactly(OtlpRequests.traces("own"));
		}
	}

	@Test
	void namedHeadersAndTraceGoOnToTheServerBehind() throws Exception {
		try (ConfigurableApplicationContext context = run("ferrule.exporter.endpoint=" + this.downstream.endpoint(),
				"ferrule.context.outbound.headers=X-Tenant-Id")) {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			TraceContext trace = TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, "v=1",
					true);
			CallContext call = CallContext.builder()
				.metadata(ClientMetadata.builder()
					.add("x-tenant-id", "a")
					.add("x-other", "o")
					.add("x-tenant-id", "b")
					.add("authorization", "Bearer secret")
					.build())
				.trace(trace)
				.build();
			engine.submit(TelemetryPayload.of(Signal.TRACES, OtlpRequests.traces("headers").toByteArray()), call)
				.get(20, TimeUnit.SECONDS);
			Metadata headers = this.downstream.headers().get(0);
			assertThat(headers.getAll(key("x-tenant-id"))).containsExactly("a", "b");
			assertThat(headers.get(key("traceparent"))).startsWith("00-4c1fd2e8a07b9635f1d0c3b2a4956871-");
			assertThat(headers.get(key("tracestate"))).isEqualTo("v=1");
			assertThat(headers.get(key("grpc-timeout"))).isNotNull();
			assertThat(headers.keys()).doesNotContain("x-other", "authorization", "ferrule.call");
		}
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	@Test
	void batchedRequestsEachHaveTheirOutcome() throws Exception {
		try (ConfigurableApplicationContext context = run("ferrule.exporter.endpoint=" + this.downstream.endpoint(),
				"ferrule.batch.enabled=true", "ferrule.batch.max-duration=500ms")) {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			List<CompletableFuture<ExportResult>> outcomes = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				outcomes.add(engine
					.submit(TelemetryPayload.of(Signal.TRACES, OtlpRequests.traces("span " + i).toByteArray())));
			}
			for (CompletableFuture<ExportResult> outcome : outcomes) {
				assertThat(outcome.get(20, TimeUnit.SECONDS).rejectedItems()).isZero();
			}
			assertThat(this.downstream.traces()).hasSizeLessThan(10);
			assertThat(this.downstream.traces().stream().flatMap(EngineTests::spanNames)).containsExactlyInAnyOrder(
					"span 0", "span 1", "span 2", "span 3", "span 4", "span 5", "span 6", "span 7", "span 8", "span 9");
		}
	}

	@Test
	void signalsGoToTheirPipelines() throws Exception {
		try (RecordingOtlpServer other = new RecordingOtlpServer();
				ConfigurableApplicationContext context = run("ferrule.pipelines.spans.signals=traces",
						"ferrule.pipelines.spans.exporter.endpoint=" + this.downstream.endpoint(),
						"ferrule.pipelines.rest.exporter.endpoint=" + other.endpoint())) {
			TelemetryEngine engine = context.getBean(TelemetryEngine.class);
			submit(engine, Signal.TRACES, OtlpRequests.traces("routed").toByteArray());
			submit(engine, Signal.LOGS, OtlpRequests.logs("routed").toByteArray());
			submit(engine, Signal.METRICS, OtlpRequests.metrics("routed").toByteArray());
			assertThat(this.downstream.traces()).hasSize(1);
			assertThat(this.downstream.logs()).isEmpty();
			assertThat(other.logs()).hasSize(1);
			assertThat(other.metrics()).hasSize(1);
			submit(engine.pipeline("rest"), Signal.TRACES, OtlpRequests.traces("view").toByteArray());
			assertThat(other.traces()).hasSize(1);
			assertThatIllegalArgumentException().isThrownBy(() -> engine.pipeline("unknown"));
		}
	}

	private static void submit(TelemetryEngine engine, Signal signal, byte[] bytes) throws Exception {
		assertThat(engine.submit(TelemetryPayload.of(signal, bytes)).get(20, TimeUnit.SECONDS)).isNotNull();
	}

	private static Stream<String> spanNames(ExportTraceServiceRequest request) {
		return request.getResourceSpansList()
			.stream()
			.flatMap((resource) -> resource.getScopeSpansList().stream())
			.flatMap((scope) -> scope.getSpansList().stream())
			.map((span) -> span.getName());
	}

	private static ConfigurableApplicationContext run(String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.grpc.server.port=0", "--ferrule.otlp.http.enabled=false"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new SpringApplicationBuilder(GatewayApplication.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
	}

}
