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

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import com.google.rpc.Status;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link OtlpHttpServlet} on Tomcat.
 */
class OtlpHttpServletTests {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final Map<String, String> HEADERS = Map.of("Content-Type", PROTOBUF);

	private static final Map<String, String> CHUNKED = Map.of("Content-Type", PROTOBUF, "Transfer-Encoding", "chunked");

	private static final int LIMIT = 1024 * 1024;

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat.Group servers = new OtlpTomcat.Group();

	private OtlpHttpOptions options = OtlpHttpOptions.defaults().withMaxBodyBytes(LIMIT);

	@AfterEach
	void stopAndCountMemory() {
		this.engine.awaitNothingReserved();
		this.servers.close();
		this.engine.close();
	}

	@Test
	void bodyReachesEngineUnchangedWithItsEncodingAndCoding() throws Exception {
		byte[] body = random(300_000);
		this.options = this.options.withLenientJson(true).withDefaultDeadline(Duration.ofHours(1));
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/logs",
					Map.of("Content-Type", "Application/JSON;charset=utf-8", "Content-Encoding", "X-GZip"), body);
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
		FakeEngine.Call call = this.engine.calls().get(0);
		assertThat(call.bytes()).isEqualTo(body);
		assertThat(call.payload().encoding()).isEqualTo(PayloadEncoding.JSON_LENIENT);
		assertThat(call.payload().coding()).isEqualTo(ContentCoding.GZIP);
		assertThat(call.timeLeft()).isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
		assertThat(this.engine.peakBytes()).as("moved once or twice").isBetween((long) body.length, body.length * 2L);
	}

	@Test
	void chunkedBodyGrowsUpToTheLimit() throws Exception {
		byte[] body = random(LIMIT);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			for (int i = 0; i < body.length; i += 65_536) {
				http.writeChunk(Arrays.copyOfRange(body, i, i + 65_536));
			}
			http.write("0\r\n\r\n");
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
		assertThat(this.engine.calls().get(0).bytes()).isEqualTo(body);
	}

	@Test
	void chunkedBodyAboveTheLimitIsRefusedWhileTheClientIsSending() throws Exception {
		this.options = this.options.withMaxBodyBytes(4096);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			for (int i = 0; i < 16; i++) {
				http.writeChunk(new byte[65_536]);
			}
			http.write("0\r\n\r\n");
			RawHttp.Answer answer = http.read("POST");
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.header("Connection")).isEqualTo("close");
			assertThat(Status.parseFrom(answer.body()).getCode()).isEqualTo(8);
			assertThat(http.isClosedByServer()).isTrue();
		}
		assertThat(this.engine.calls()).isEmpty();
		assertThat(this.engine.peakBytes()).isLessThanOrEqualTo(4096);
	}

	@Test
	void endlessBodyIsCutOff() throws Exception {
		this.options = this.options.withMaxBodyBytes(4096);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			http.writeChunk(new byte[8192]);
			assertThat(http.read("POST").status()).isEqualTo(413);
			int sent = 0;
			try {
				for (int i = 0; i < 1000; i++) {
					http.writeChunk(new byte[65_536]);
					sent++;
				}
			}
			catch (SocketException ex) {
				assertThat(sent).isPositive();
			}
			assertThat(sent).isLessThan(1000);
		}
	}

	@Test
	void largeDeclaredBodyIsRefusedBeforeItIsRead() throws Exception {
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, new byte[LIMIT + 500_000]);
			assertThat(http.read("POST").status()).isEqualTo(413);
		}
		assertThat(this.engine.peakBytes()).isZero();
	}

	@Test
	void acceptedBodyIsContinued() throws Exception {
		byte[] body = VectorBodies.request(1000);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces",
					Map.of("Content-Type", PROTOBUF, "Expect", "100-continue", "Content-Length", "1000"), null);
			http.awaitContinue();
			http.write(body);
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
	}

	@Test
	void clientThatLeavesWhileSendingLeavesNothingBehind() throws Exception {
		URI url = start();
		for (boolean reset : new boolean[] { false, true }) {
			RawHttp http = new RawHttp(url);
			http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF, "Content-Length", "1000"), null);
			http.write("abc");
			Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isEqualTo(1));
			if (reset) {
				http.reset();
			}
			else {
				http.close();
			}
			this.engine.awaitNothingReserved();
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void malformedChunkEndsTheConnectionAndLeavesNothingBehind() throws Exception {
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			http.write("5\r\nabcde\r\nnonsense\r\n");
			// Tomcat lets no answer through, and may not even close in an orderly way.
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> http.read("POST"))
				.isInstanceOfAny(EOFException.class, SocketException.class);
		}
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void clientThatLeavesOnHttp2CancelsTheCall() throws Exception {
		this.engine.behave(FakeEngine.Behaviour.hangs());
		URI url = start();
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding());
		CompletableFuture<HttpResponse<byte[]>> answer = client
			.sendAsync(HttpRequest.newBuilder(url.resolve("/v1/traces"))
				.header("Content-Type", PROTOBUF)
				.POST(BodyPublishers.ofByteArray(VectorBodies.request(100)))
				.build(), BodyHandlers.ofByteArray());
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.calls()).hasSize(1));
		answer.cancel(true);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.engine.calls().get(0).cause()).isEqualTo(CancellationCause.CLIENT));
	}

	@Test
	void unknownPathsAreLeftToTheApplication() throws Exception {
		try (RawHttp http = connect()) {
			http.send("GET", "/nope", Map.of(), null);
			RawHttp.Answer answer = http.read("GET");
			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.header("Content-Type")).startsWith("text/html");
		}
	}

	private URI start() {
		return this.servers.add(new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(), this.options))
			.baseUrl();
	}

	private RawHttp connect() throws IOException {
		return new RawHttp(start());
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

}
