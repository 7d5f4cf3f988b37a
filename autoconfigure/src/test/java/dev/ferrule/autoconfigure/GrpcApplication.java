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

package dev.ferrule.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.ferrule.engine.ffi.EngineCounters;
import dev.ferrule.engine.ffi.NativeEngine;
import dev.ferrule.otlp.RawGrpc;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * An application that serves OTLP over gRPC and has all auto-configurations of the class
 * path, and the exporter for tests.
 */
final class GrpcApplication implements AutoCloseable {

	private static final String PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

	/** A span without content. */
	private static final byte[] MESSAGE = RawGrpc.frame(false, new byte[] { 10, 4, 18, 2, 18, 0 });

	private final ConfigurableApplicationContext context;

	GrpcApplication(String... properties) {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "spring.grpc.server.port=0",
					"spring.grpc.server.address=127.0.0.1", "ferrule.otlp.grpc.enabled=true",
					"ferrule.context.metadata.capture=true", "ferrule.engine.drain-timeout=500ms",
					"management.tracing.sampling.probability=1.0", FaultEngine.OUTCOME_PIPELINE)
			.properties(properties)
			.run();
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	RawGrpc connect() throws InterruptedException {
		return new RawGrpc("127.0.0.1", this.context.getBean(GrpcServerLifecycle.class).getPort());
	}

	/**
	 * Sends a span.
	 * @param client connection
	 * @param outcome what the exporter is to do
	 * @param fields further header fields
	 * @return the call
	 * @throws InterruptedException if this thread was interrupted
	 */
	@SafeVarargs
	final RawGrpc.Call export(RawGrpc client, String outcome, Map.Entry<String, String>... fields)
			throws InterruptedException {
		List<Map.Entry<String, String>> all = Stream
			.concat(Stream.of(Map.entry("x-test-outcome", outcome)), Stream.of(fields))
			.toList();
		return client.start(PATH, "test", all, MESSAGE);
	}

	EngineCounters counters() {
		return this.context.getBean(NativeEngine.class).counters();
	}

	MeterRegistry meters() {
		return this.context.getBean(MeterRegistry.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
