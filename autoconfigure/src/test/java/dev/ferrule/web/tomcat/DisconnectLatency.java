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

package dev.ferrule.web.tomcat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.ferrule.otlp.RawHttp;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

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
		measure("platform threads", "server.http2.enabled=true");
		measure("TLS", DisconnectApp.tls(Files.createTempDirectory("ferrule")));
		if (Runtime.version().feature() >= 21) {
			measure("virtual threads", "spring.threads.virtual.enabled=true");
		}
		System.exit(0);
	}

	private static void measure(String name, String... properties) throws Exception {
		String[] all = Stream.concat(Arrays.stream(properties),
				Stream.of("logging.level.root=warn", "logging.level.dev.ferrule.native.testing.park=info",
						"logging.level.dev.ferrule.web.tomcat.DisconnectLatency=info", "ferrule.otlp.http.enabled=true",
						"ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/outcome.yaml"))
			.toArray(String[]::new);
		try (DisconnectApp app = new DisconnectApp(new Class<?>[] { EngineHandlers.class }, all);
				ParkedCalls calls = new ParkedCalls()) {
			for (String path : new String[] { "/engine/future", "/engine/block", "/v1/traces" }) {
				report(name + ", HTTP/1.1, " + path, () -> overHttp1(app, calls, path));
				if (Arrays.asList(properties).contains("server.http2.enabled=true") && !path.contains("block")) {
					report(name + ", HTTP/2 reset, " + path, () -> overHttp2(app, calls, path, true));
					report(name + ", HTTP/2 close, " + path, () -> overHttp2(app, calls, path, false));
				}
			}
		}
	}

	private static long overHttp1(DisconnectApp app, ParkedCalls calls, String path) throws Exception {
		try (RawHttp client = app.connect()) {
			client.send("POST", path, Map.of("Content-Type", "application/json", "x-test-outcome", "park"),
					EngineHandlers.SPAN.getBytes(StandardCharsets.UTF_8));
			calls.awaitParked();
			long left = now();
			client.close();
			return calls.awaitFinished().epochNanos() - left;
		}
	}

	private static long overHttp2(DisconnectApp app, ParkedCalls calls, String path, boolean reset) throws Exception {
		try (Http2Client client = new Http2Client(app.port())) {
			Http2StreamChannel stream = client.post(path, EngineHandlers.SPAN, "content-type", "application/json",
					"x-test-outcome", "park");
			calls.awaitParked();
			long left = now();
			if (reset) {
				client.reset(stream);
			}
			else {
				client.disconnect();
			}
			return calls.awaitFinished().epochNanos() - left;
		}
	}

	private static long now() {
		Instant now = Instant.now();
		return now.getEpochSecond() * 1_000_000_000L + now.getNano();
	}

	private static void report(String name, Measurement measurement) throws Exception {
		for (int i = 0; i < WARM_UP; i++) {
			measurement.nanos();
		}
		long[] nanos = new long[COUNT];
		for (int i = 0; i < COUNT; i++) {
			nanos[i] = measurement.nanos();
		}
		Arrays.sort(nanos);
		logger.info(String.format(Locale.ROOT, "%-50s n=%d p50=%.2f ms p99=%.2f ms max=%.2f ms", name, COUNT,
				nanos[COUNT / 2] / 1e6, nanos[COUNT * 99 / 100] / 1e6, nanos[COUNT - 1] / 1e6));
	}

	private interface Measurement {

		long nanos() throws Exception;

	}

}
