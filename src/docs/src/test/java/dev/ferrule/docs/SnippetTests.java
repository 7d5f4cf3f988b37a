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

package dev.ferrule.docs;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.context.header.HeaderListCarrier;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.observability.DefaultSubmitObservationConvention;
import dev.ferrule.observability.SubmitObservationContext;
import dev.ferrule.observability.SubmitObservationConvention;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.LocalGrpcServerPort;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what stands in pages and needs an engine.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "spring.grpc.server.port=0", "ferrule.otlp.grpc.enabled=true",
				"ferrule.pipelines.spans.signals=traces", "ferrule.pipelines.spans.exporter.type=noop",
				"ferrule.pipelines.rest.exporter.type=noop" })
class SnippetTests {

	private static final byte[] BYTES = new byte[0];

	private final TelemetryPayload empty = TelemetryPayload.of(Signal.TRACES, BYTES);

	@LocalGrpcServerPort
	private int port;

	@Autowired
	private TelemetryEngine engine;

	@Autowired
	private CallContextFactory factory;

	@Autowired
	private MeterRegistry registry;

	@Test
	void callWithoutRequest() {
		byte[] bytes = BYTES;
		CompletableFuture<ExportResult> outcome = this.engine.submit(TelemetryPayload.of(Signal.TRACES, bytes),
				CallContext.builder().deadline(Deadline.after(Duration.ofSeconds(2))).build());
		assertThat(outcome).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void callOfMessage() {
		Message message = new Message(Map.of("x-request-timeout", "1ns"));
		CallContext context = context(this.factory, this.engine, this.empty, message);
		assertThat(context.deadline().isExpired()).isTrue();
	}

	private static CallContext context(CallContextFactory factory, TelemetryEngine engine, TelemetryPayload payload,
			Message message) {
		RequestCallContext request = factory.begin(HeaderListCarrier.of(message.headers()));
		engine.submit(payload, request.get());
		return request.get();
	}

	@Test
	void viewOfOnePipeline() {
		CallContext context = CallContext.background();
		TelemetryPayload payload = this.empty;
		TelemetryEngine spans = this.engine.pipeline("spans");
		CompletableFuture<ExportResult> outcome = spans.submit(payload, context);
		assertThat(outcome).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void reactiveController() {
		assertThat(new ReactiveController(this.engine)
			.spans("{}".getBytes(StandardCharsets.UTF_8), CallContext.background())
			.block()).isEqualTo("accepted");
	}

	@Test
	void listenerAndConvention() {
		this.engine.submit(this.empty, CallContext.background()).join();
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.registry.find("ferrule.submit").tag("region", "eu").timer()).isNotNull());
		assertThat(this.registry.get("orders.telemetry.rejected").counter().count()).isZero();
	}

	@Test
	void containerIsDeclared() throws ReflectiveOperationException {
		assertThat(Containers.class.getDeclaredField("collector").getAnnotation(ServiceConnection.class)).isNotNull();
	}

	@Test
	void clientOfTheGateway() {
		String gateway = "http://localhost:" + this.port;
		SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(
					BatchSpanProcessor.builder(OtlpGrpcSpanExporter.builder().setEndpoint(gateway).build()).build())
			.build();
		provider.get("shop").spanBuilder("order").startSpan().end();
		provider.close();
		assertThat(this.registry.get("ferrule.submit").tag("signal", "traces").timer().count()).isPositive();
	}

	/**
	 * Not initialized by any test, as that takes Docker.
	 */
	static final class Containers {

		@ServiceConnection
		static final GenericContainer<?> collector = new GenericContainer<>(
				"otel/opentelemetry-collector-contrib:0.140.0")
			.withExposedPorts(4317);

	}

	record Message(Map<String, String> headers) {

	}

	static class ReactiveController {

		private final TelemetryEngine engine;

		ReactiveController(TelemetryEngine engine) {
			this.engine = engine;
		}

		@PostMapping("/spans")
		Mono<String> spans(@RequestBody byte[] json, CallContext context) {
			TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, json)
				.with(PayloadEncoding.JSON, ContentCoding.IDENTITY);
			return Mono.fromFuture(() -> this.engine.submit(payload, context)).thenReturn("accepted");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		TelemetryCallListener rejectedItems(MeterRegistry registry) {
			Counter rejected = registry.counter("orders.telemetry.rejected");
			return (call) -> {
				if (call.result() != null) {
					rejected.increment(call.result().rejectedItems());
				}
			};
		}

		@Bean
		SubmitObservationConvention submitObservationConvention() {
			return new DefaultSubmitObservationConvention() {

				@Override
				public KeyValues getLowCardinalityKeyValues(SubmitObservationContext context) {
					return super.getLowCardinalityKeyValues(context).and("region", "eu");
				}

			};
		}

	}

}
