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
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.rpc.Status;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.testsupport.RawHttp2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link OtlpHttpServlet} on Tomcat: bodies that come late or never.
 */
class OtlpHttpDeadlineTests {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final Map<String, String> HEADERS = Map.of("Content-Type", PROTOBUF);

	private static final int RACES = 50;

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat.Group servers = new OtlpTomcat.Group();

	private OtlpHttpOptions options = OtlpHttpOptions.defaults();

	@AfterEach
	void stopAndCountMemory() {
		this.engine.awaitNothingReserved();
		this.servers.close();
		this.engine.close();
	}

	@Test
	void bodyThatDoesNotComeEndsAtTheDeadline() throws Exception {
		this.options = this.options.withDefaultDeadline(Duration.ofMillis(200));
		for (String part : List.of("", "abc")) {
			try (RawHttp http = connect()) {
				http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF, "Content-Length", "1000"), null);
				http.write(part);
				RawHttp.Answer answer = http.read("POST");
				assertThat(answer.status()).isEqualTo(504);
				Status status = Status.parseFrom(answer.body());
				assertThat(status.getCode()).isEqualTo(4);
				assertThat(status.getMessage()).as("not the last net").isEqualTo(EdgeRefusals.DEADLINE.message());
				assertThat(http.isClosedByServer()).isTrue();
			}
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void bodyThatDoesNotComeOnHttp2EndsAtTheDeadline() throws Exception {
		this.options = this.options.withDefaultDeadline(Duration.ofMillis(200));
		URI url = start();
		try (RawHttp2 http2 = new RawHttp2(url.getHost(), url.getPort())) {
			RawHttp2.Answer answer = http2.callWithoutBody("POST", "/v1/traces", Map.of("content-type", PROTOBUF));
			assertThat(answer.fields()).containsEntry(":status", "504").doesNotContainKey("connection");
			assertThat(Status.parseFrom(answer.body()).getMessage()).isEqualTo(EdgeRefusals.DEADLINE.message());
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void expiredRequestDoesNotEnterTheEngine() throws Exception {
		this.options = this.options.withDefaultDeadline(Duration.ZERO);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			assertThat(http.read("POST").status()).isEqualTo(504);
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void everyRequestGetsOneAnswerWhenBodyAndDeadlineRace() {
		Map<String, CompletableFuture<Deadline>> deadlines = new ConcurrentHashMap<>();
		URI url = start((request, cancellation) -> {
			Deadline deadline = Deadline.after(Duration.ofMillis(20));
			deadlines.get(request.getHeader("Race")).complete(deadline);
			return CallContext.builder().deadline(deadline).cancellation(cancellation).build();
		});
		IntStream.range(0, RACES).parallel().forEach((i) -> {
			String race = Integer.toString(i);
			deadlines.put(race, new CompletableFuture<>());
			try (RawHttp http = new RawHttp(url)) {
				http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF, "Content-Length", "100", "Race", race),
						null);
				http.write(new byte[50]);
				Deadline deadline = deadlines.get(race).join();
				// From half a millisecond before the deadline to two after it.
				long aim = TimeUnit.MICROSECONDS.toNanos(500 - 50L * (i % 50));
				while (deadline.remainingNanos() > aim) {
					Thread.onSpinWait();
				}
				try {
					http.write(new byte[50]);
				}
				catch (SocketException ex) {
					// Answered and closed already.
				}
				assertThat(http.read("POST").status()).isIn(200, 504);
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		});
	}

	private URI start() {
		return start(ServletCallContextFactory.withDeadline(this.options.defaultDeadline()));
	}

	private URI start(ServletCallContextFactory contexts) {
		return this.servers
			.add(new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(), this.options, contexts))
			.baseUrl();
	}

	private RawHttp connect() throws IOException {
		return new RawHttp(start());
	}

}
