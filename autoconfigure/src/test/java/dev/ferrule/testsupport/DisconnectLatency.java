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

package dev.ferrule.testsupport;

import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.ferrule.grpc.GrpcApplication;
import dev.ferrule.web.jetty.JettyApplication;
import dev.ferrule.web.reactive.NettyApplication;
import dev.ferrule.web.tomcat.TomcatApplication;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how long after its client left a call ends in the engine, for each server. It
 * is no test by its name, so it runs only when it is asked for. It needs the library with
 * nodes for tests.
 */
public final class DisconnectLatency {

	private static final Logger logger = LoggerFactory.getLogger(DisconnectLatency.class);

	private static final int WARM_UP = 50;

	private static final int COUNT = 200;

	private static final String OTLP_ENABLED = "ferrule.otlp.http.enabled=true";

	private static final List<String> ASYNCHRONOUS = List.of("/spans", "/v1/traces");

	private static final List<String> ALL = List.of("/spans", "/v1/traces", "/spans/blocking");

	/**
	 * Measures all cases and logs a table for each server.
	 * @param args none
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		measure("platform threads", "spring.threads.virtual.enabled=false");
		if (Runtime.version().feature() >= 21) {
			measure("virtual threads", "spring.threads.virtual.enabled=true");
		}
		try (ParkingServer server = NettyApplication.start(properties("server.http2.enabled=true"))) {
			title("Reactor Netty");
			measureHttp1(server, List.of("/spans"));
			measureHttp2(server, List.of("/spans"));
		}
		String[] key = ServerKey.in(Files.createTempDirectory("ferrule"));
		String[] tls = properties(key[0], key[1], OTLP_ENABLED);
		try (ParkingServer server = TomcatApplication.start(tls)) {
			title("Tomcat, TLS");
			measureHttp1(server, ALL);
		}
		try (ParkingServer server = JettyApplication.start(tls)) {
			title("Jetty, TLS");
			measureHttp1(server, ALL);
		}
	}

	@Test
	void measure() throws Exception {
		// What the build says of where the library is
		String library = System.getProperty("ferrule.testing.native.path");
		if (library != null) {
			System.setProperty("ferrule.native.path", library);
		}
		main(new String[0]);
	}

	private static void measure(String threads, String property) throws Exception {
		String[] properties = properties(property, "server.http2.enabled=true");
		String[] servlet = properties(property, "server.http2.enabled=true", OTLP_ENABLED);
		try (ParkingServer server = TomcatApplication.start(servlet)) {
			title("Tomcat, " + threads);
			measureHttp1(server, ALL);
			measureHttp2(server, ASYNCHRONOUS);
		}
		try (ParkingServer server = JettyApplication.start(servlet)) {
			title("Jetty, " + threads);
			measureHttp1(server, ALL);
			measureHttp2(server, ALL);
		}
		try (ParkingServer server = GrpcApplication.start(properties)) {
			title("gRPC, " + threads);
			row("cancel", () -> overGrpc(server, true));
			row("close", () -> overGrpc(server, false));
		}
	}

	private static String[] properties(String... properties) {
		return Stream
			.concat(Stream.of(properties), Stream.of("ferrule.cancellation.jetty.enabled=true",
					"spring.main.log-startup-info=false", "logging.pattern.console=%m%n", "logging.level.root=error",
					"logging.level.dev.ferrule.testsupport=info", "logging.level.dev.ferrule.native.testing.park=info"))
			.toArray(String[]::new);
	}

	private static void measureHttp1(ParkingServer server, List<String> paths) throws Exception {
		for (String path : paths) {
			row("HTTP/1.1 close, " + path, () -> overHttp1(server, path));
		}
	}

	private static void measureHttp2(ParkingServer server, List<String> paths) throws Exception {
		for (String path : paths) {
			row("HTTP/2 reset, " + path, () -> overHttp2(server, path, true));
			row("HTTP/2 close, " + path, () -> overHttp2(server, path, false));
		}
	}

	private static long overHttp1(ParkingServer server, String path) throws Exception {
		try (RawHttp client = new RawHttp(server.base())) {
			client.send("POST", path, ParkingServer.PARK, TestingPipeline.SPANS);
			return nanosUntilFinished(server, client::close);
		}
	}

	private static long overHttp2(ParkingServer server, String path, boolean reset) throws Exception {
		try (RawHttp2 client = new RawHttp2(server.base())) {
			RawHttp2.Call call = client.post(path, ParkingServer.PARK, TestingPipeline.SPANS);
			return nanosUntilFinished(server, reset ? call::cancel : client::drop);
		}
	}

	private static long overGrpc(ParkingServer server, boolean cancel) throws Exception {
		try (RawHttp2 client = GrpcApplication.connect(server)) {
			RawHttp2.Call call = GrpcApplication.export(client, "park");
			return nanosUntilFinished(server, cancel ? call::cancel : client::drop);
		}
	}

	private static long nanosUntilFinished(ParkingServer server, AutoCloseable client) throws Exception {
		server.calls().awaitParked();
		// The server rests, as it does when a client gives up after some time
		TimeUnit.MILLISECONDS.sleep(10);
		Instant left = Instant.now();
		client.close();
		long finished = Long.parseLong(server.calls().awaitFinished().get("at"));
		return finished - (TimeUnit.SECONDS.toNanos(left.getEpochSecond()) + left.getNano());
	}

	private static void title(String name) {
		logger.info(String.format(Locale.ROOT, "%n%-34s%10s%10s%10s%10s  (ms, n=%d)", name, "p50", "p90", "p99", "max",
				COUNT));
	}

	private static void row(String name, Measurement measurement) throws Exception {
		for (int i = 0; i < WARM_UP; i++) {
			measurement.nanos();
		}
		long[] nanos = new long[COUNT];
		for (int i = 0; i < COUNT; i++) {
			nanos[i] = measurement.nanos();
		}
		Arrays.sort(nanos);
		logger.info(String.format(Locale.ROOT, "%-34s%10.2f%10.2f%10.2f%10.2f", name, percentile(nanos, 50),
				percentile(nanos, 90), percentile(nanos, 99), percentile(nanos, 100)));
	}

	private static double percentile(long[] sorted, int percent) {
		return sorted[sorted.length * percent / 100 - 1] / 1e6;
	}

	private interface Measurement {

		long nanos() throws Exception;

	}

}
