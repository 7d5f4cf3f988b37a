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

package dev.ferrule.web;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

import dev.ferrule.otlp.RawHttp;
import dev.ferrule.web.jetty.JettyApplication;
import dev.ferrule.web.reactive.NettyApplication;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.Disposable;

import org.springframework.boot.WebApplicationType;

/**
 * Measures how long after its client left a call ends in the engine. To be run by hand,
 * with {@code -Dferrule.native.path} of the library with nodes for tests.
 */
public final class DisconnectLatency {

	private static final Log logger = LogFactory.getLog(DisconnectLatency.class);

	private static final int WARM_UP = 50;

	private static final int COUNT = 200;

	private DisconnectLatency() {
	}

	/**
	 * Measures all cases and logs a line for each.
	 * @param args none
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		measure("Jetty", WebApplicationType.SERVLET, JettyApplication.class, "/spans", "/blocking");
		measure("Reactor Netty", WebApplicationType.REACTIVE, NettyApplication.class, "/spans");
		System.exit(0);
	}

	private static void measure(String name, WebApplicationType type, Class<?> application, String... paths)
			throws Exception {
		try (ParkingServer server = new ParkingServer(type, application, "ferrule.cancellation.jetty.enabled=true",
				"server.http2.enabled=true", "logging.level.root=warn",
				"logging.level.dev.ferrule.native.testing.park=info", "logging.level.dev.ferrule.web=info")) {
			for (String path : paths) {
				log(name + ", HTTP/1.1 close, " + path, () -> overHttp1(server, path));
				log(name + ", HTTP/2 reset, " + path, () -> overHttp2(server, path));
			}
		}
	}

	private static long overHttp1(ParkingServer server, String path) throws Exception {
		try (RawHttp client = new RawHttp(server.base())) {
			client.send("POST", path, ParkingServer.PARK, ParkingServer.SPANS);
			server.calls().awaitParked();
			return nanosUntilFinished(server, client::close);
		}
	}

	private static long overHttp2(ParkingServer server, String path) throws Exception {
		try (Http2Client client = new Http2Client(server.base())) {
			Disposable request = client.post(path, ParkingServer.PARK, ParkingServer.SPANS);
			server.calls().awaitParked();
			return nanosUntilFinished(server, request::dispose);
		}
	}

	private static long nanosUntilFinished(ParkingServer server, AutoCloseable client) throws Exception {
		Instant left = Instant.now();
		client.close();
		long finished = Long.parseLong(server.calls().awaitFinished().get("at"));
		return finished - (left.getEpochSecond() * 1_000_000_000L + left.getNano());
	}

	private static void log(String name, Measurement measurement) throws Exception {
		for (int i = 0; i < WARM_UP; i++) {
			measurement.nanos();
		}
		long[] nanos = new long[COUNT];
		for (int i = 0; i < COUNT; i++) {
			nanos[i] = measurement.nanos();
		}
		Arrays.sort(nanos);
		logger.info(String.format(Locale.ROOT, "%s: n=%d p50=%.2f ms p99=%.2f ms max=%.2f ms", name, COUNT,
				nanos[COUNT / 2] / 1e6, nanos[COUNT * 99 / 100] / 1e6, nanos[COUNT - 1] / 1e6));
	}

	private interface Measurement {

		long nanos() throws Exception;

	}

}
