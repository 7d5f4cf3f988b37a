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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every call ends, and ends once, whatever the server behind the exporter
 * does.
 */
class DownstreamFaultTests {

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void serverThatIsDownIsRetryable(String protocol) throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (FaultEngine engine = engine(port, protocol, "ferrule.retry.enabled=false")) {
			Failure failure = FaultEngine.failure(engine.submit("any", Duration.ofSeconds(15))).failure();
			assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
			engine.assertExactlyOneOutcome();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void serverThatStaysDownEndsRetries(String protocol) throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (FaultEngine engine = engine(port, protocol, "ferrule.retry.initial-interval=50ms",
				"ferrule.retry.max-elapsed-time=400ms")) {
			Failure failure = FaultEngine.failure(engine.submit("any", Duration.ofSeconds(15))).failure();
			assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
			engine.assertExactlyOneOutcome();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void deadlineEndsACallToAServerThatHangs(String protocol) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				FaultEngine engine = engine(socket.getLocalPort(), protocol)) {
			Failure failure = FaultEngine.failure(engine.submit("any", Duration.ofMillis(400))).failure();
			assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
			engine.assertExactlyOneOutcome();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void cancelEndsACallToAServerThatHangs(String protocol) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				FaultEngine engine = engine(socket.getLocalPort(), protocol)) {
			assertThat(engine.submit("any").cancel(true)).isTrue();
			engine.assertExactlyOneOutcome();
		}
	}

	private static FaultEngine engine(int port, String protocol, String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "ferrule.exporter.endpoint=http://127.0.0.1:" + port;
		all[1] = "ferrule.exporter.protocol=" + protocol;
		System.arraycopy(properties, 0, all, 2, properties.length);
		return new FaultEngine(all);
	}

}
