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

package dev.ferrule.otlp.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.rpc.Status;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link OtlpHttpServlet} on Tomcat: what bodies hold that are still arriving.
 */
class OtlpHttpArrivalTests {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final int KB = 1024;

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat.Group servers = new OtlpTomcat.Group();

	private OtlpHttpOptions options = OtlpHttpOptions.defaults();

	@AfterEach
	void stopAndCountMemory() {
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isZero());
		this.servers.close();
		this.engine.close();
	}

	@Test
	void announcedBodiesHoldNothing() throws Exception {
		this.engine.limit(256L * KB * KB);
		URI url = start();
		List<RawHttp> silent = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			RawHttp http = new RawHttp(url);
			silent.add(http);
			announce(http, 64 * KB * KB);
			int expected = i + 1;
			Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isEqualTo(expected));
		}
		assertThat(post(url, 1000)).isEqualTo(200);
		assertThat(this.engine.peakBytes()).isLessThan(KB * KB);
		for (RawHttp http : silent) {
			http.close();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void bodyThatFitsTheBudgetOnceArrives(boolean chunked) throws Exception {
		this.engine.limit(1024 * KB);
		this.options = this.options.withMaxBodyBytes(1024 * KB);
		byte[] body = VectorBodies.request(1000 * KB);
		try (RawHttp http = new RawHttp(start())) {
			if (chunked) {
				http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF, "Transfer-Encoding", "chunked"), null);
				http.writeChunk(body);
				http.write("0\r\n\r\n");
			}
			else {
				http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF), body);
			}
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
		assertThat(this.engine.calls().get(0).bytes()).isEqualTo(body);
	}

	@Test
	void bodiesThatAreArrivingLeaveRoomForSmallOnes() throws Exception {
		this.options = this.options.withArrival(arrival(256 * KB, 0, Duration.ofSeconds(5)));
		URI url = start();
		try (RawHttp first = new RawHttp(url); RawHttp second = new RawHttp(url)) {
			byte[] body = VectorBodies.request(190 * KB);
			announce(first, body.length);
			first.write(Arrays.copyOf(body, 100 * KB));
			Awaitility.await().untilAsserted(() -> assertThat(this.engine.peakBytes()).isGreaterThan(190 * KB));
			announce(second, body.length);
			second.write(Arrays.copyOf(body, 100 * KB));
			RawHttp.Answer refusal = second.read("POST");
			assertThat(refusal.status()).isEqualTo(429);
			assertThat(refusal.header("Retry-After")).isEqualTo("1");
			assertThat(post(url, 1000)).isEqualTo(200);
			first.write(Arrays.copyOfRange(body, 100 * KB, body.length));
			assertThat(first.read("POST").status()).isEqualTo(200);
		}
		assertThat(post(url, 190 * KB)).as("all room is back").isEqualTo(200);
	}

	@Test
	void bodyThatCanNeverArriveIsRefusedForGood() throws Exception {
		this.options = this.options.withArrival(arrival(256 * KB, 0, Duration.ofSeconds(5)));
		try (RawHttp http = new RawHttp(start())) {
			announce(http, 200 * KB);
			RawHttp.Answer refusal = http.read("POST");
			assertThat(refusal.status()).isEqualTo(413);
			assertThat(refusal.header("Retry-After")).isNull();
		}
	}

	@Test
	void slowBodyIsRefused() throws Exception {
		this.options = this.options.withArrival(arrival(KB * KB, 1000, Duration.ofMillis(200)));
		for (String part : List.of("", "abc")) {
			try (RawHttp http = new RawHttp(start())) {
				announce(http, 1000);
				http.write(part);
				RawHttp.Answer answer = http.read("POST");
				assertThat(answer.status()).isEqualTo(504);
				assertThat(Status.parseFrom(answer.body()).getMessage()).isEqualTo(EdgeRefusals.SLOW_BODY.message());
				assertThat(http.isClosedByServer()).isTrue();
			}
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void bodyThatKeepsItsRateArrives() throws Exception {
		this.options = this.options.withArrival(arrival(KB * KB, 10, Duration.ofSeconds(1)));
		byte[] body = VectorBodies.request(1000);
		try (RawHttp http = new RawHttp(start())) {
			announce(http, body.length);
			AtomicInteger sent = new AtomicInteger();
			Awaitility.await().pollInterval(Duration.ofMillis(25)).until(() -> {
				int from = sent.getAndAdd(10);
				http.write(Arrays.copyOfRange(body, from, from + 10));
				return sent.get() == body.length;
			});
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
	}

	private static OtlpHttpOptions.Arrival arrival(long maxBytes, long rate, Duration measured) {
		return new OtlpHttpOptions.Arrival(maxBytes, rate, measured);
	}

	private static void announce(RawHttp http, int size) throws IOException {
		http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF, "Content-Length", Integer.toString(size)),
				null);
	}

	private static int post(URI url, int size) throws IOException {
		try (RawHttp http = new RawHttp(url)) {
			http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF), VectorBodies.request(size));
			return http.read("POST").status();
		}
	}

	private URI start() {
		return this.servers.add(new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(), this.options))
			.baseUrl();
	}

}
