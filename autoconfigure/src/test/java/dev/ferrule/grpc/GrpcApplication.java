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

package dev.ferrule.grpc;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.testsupport.RawHttp2;
import dev.ferrule.testsupport.TestingPipeline;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * An application that serves OTLP over gRPC.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class GrpcApplication {

	private static final String PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

	/** A span without content. */
	private static final byte[] MESSAGE = RawHttp2.frame(false, new byte[] { 10, 4, 18, 2, 18, 0 });

	/**
	 * Starts the application.
	 * @param properties further properties, as {@code key=value}
	 * @return the application
	 */
	public static ParkingServer start(String... properties) {
		String[] own = { "spring.grpc.server.enabled=true", "spring.grpc.server.port=0",
				"spring.grpc.server.address=127.0.0.1", "ferrule.otlp.grpc.enabled=true",
				"management.tracing.sampling.probability=1.0" };
		return new ParkingServer(WebApplicationType.NONE, GrpcApplication.class,
				Stream.of(own, properties).flatMap(Stream::of).toArray(String[]::new));
	}

	/**
	 * Connects to the server.
	 * @param server the application
	 * @return a connection
	 * @throws InterruptedException if this thread was interrupted
	 */
	public static RawHttp2 connect(ParkingServer server) throws InterruptedException {
		return new RawHttp2("127.0.0.1", server.context().getBean(GrpcServerLifecycle.class).getPort());
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
	public static RawHttp2.Call export(RawHttp2 client, String outcome, Map.Entry<String, String>... fields)
			throws InterruptedException {
		List<Map.Entry<String, String>> all = Stream
			.concat(Stream.of(Map.entry(TestingPipeline.OUTCOME, outcome)), Stream.of(fields))
			.toList();
		return client.start(PATH, "test", all, MESSAGE);
	}

}
