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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.google.rpc.Status;
import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link OtlpHttpServlet} on Tomcat: what fails, the translator included.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtlpHttpFailureTests {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final Map<String, String> HEADERS = Map.of("Content-Type", PROTOBUF);

	private static final Map<String, String> CHUNKED = Map.of("Content-Type", PROTOBUF, "Transfer-Encoding", "chunked");

	private static final int LIMIT = 1024 * 1024;

	private static final TelemetryEngineException FULL = TelemetryEngineException
		.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "full"));

	private final FakeEngine engine = new FakeEngine();

	private final OtlpTomcat.Group servers = new OtlpTomcat.Group();

	private ErrorTranslator translator = ErrorTranslator.create();

	@AfterEach
	void stopAndCountMemory() {
		this.engine.awaitNothingReserved();
		this.servers.close();
		this.engine.close();
	}

	@Test
	void refusedMemoryIsThrottling() throws Exception {
		this.engine.refuse(FULL);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, new byte[100]);
			RawHttp.Answer answer = http.read("POST");
			assertThat(answer.status()).isEqualTo(429);
			assertThat(answer.header("Retry-After")).isEqualTo("1");
			http.send("POST", "/v1/traces", HEADERS, new byte[LIMIT + 1]);
			assertThat(http.read("POST").status()).as("admission comes before size").isEqualTo(429);
		}
	}

	@Test
	void memoryRefusedWhileReadingIsThrottling() throws Exception {
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			http.writeChunk(new byte[100]);
			Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isEqualTo(1));
			this.engine.refuse(FULL);
			http.writeChunk(new byte[50_000]);
			assertThat(http.read("POST").status()).isEqualTo(429);
		}
	}

	@TestFactory
	Stream<DynamicTest> problemDetailsAreNotForOtlp() {
		return SemanticVectors.load("error-mapping.json").some("problemDetails", Map.of("PD-OTLP", this::verify));
	}

	private void verify(Vector vector) {
		Vector input = vector.child("input");
		Vector expected = vector.child("expect");
		this.engine.behave(FakeEngine.Behaviour.fails(Failure.of(ErrorKind.valueOf(input.get("kind")), "down")));
		for (String path : vector.<String>get("where").split(", ")) {
			for (String type : List.of(PROTOBUF, "application/json")) {
				RawHttp.Answer answer = post(path, Map.of("Content-Type", type, "Accept", input.get("accept")),
						type.equals(PROTOBUF) ? VectorBodies.request(100)
								: "{\"x\":[{}]}".getBytes(StandardCharsets.UTF_8));
				assertThat(answer.status()).isEqualTo(expected.<Integer>get("status"));
				assertThat(answer.header("Content-Type")).isEqualTo(type);
				assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("google.rpc.ErrorInfo");
			}
		}
	}

	private RawHttp.Answer post(String path, Map<String, String> headers, byte[] body) {
		try (RawHttp http = connect()) {
			http.send("POST", path, headers, body);
			return http.read("POST");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void faultOfTheEngineIsInternalError() throws Exception {
		this.engine.refuse(new IllegalArgumentException("secret"));
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, new byte[100]);
			RawHttp.Answer answer = http.read("POST");
			assertThat(answer.status()).isEqualTo(500);
			assertThat(Status.parseFrom(answer.body()).getMessage()).doesNotContain("secret");
		}
	}

	@Test
	void onlyFaultsOfTheApplicationAreWarnings(CapturedOutput output) throws Exception {
		ServletCallContextFactory refusing = (request, cancellation) -> {
			throw new IllegalStateException("by the application");
		};
		this.translator = (error) -> new TranslatedError(ErrorKind.PERMANENT, 16, 401, true, null, null, 0, "Who?");
		try (RawHttp http = connect(refusing)) {
			http.send("POST", "/v1/traces", HEADERS, new byte[0]);
			assertThat(http.read("POST").status()).isEqualTo(401);
			assertThat(output).doesNotContain("failed unexpectedly");
		}
		this.translator = ErrorTranslator.create();
		try (RawHttp http = connect(refusing)) {
			http.send("POST", "/v1/traces", HEADERS, new byte[0]);
			assertThat(http.read("POST").status()).isEqualTo(500);
			assertThat(output).contains("OTLP request failed unexpectedly").contains("by the application");
		}
	}

	@Test
	void outcomeThatCannotBeTranslatedIsInternalError() throws Exception {
		this.translator = OtlpHttpFailureTests::broken;
		this.engine.behave(FakeEngine.Behaviour.fails(Failure.of(ErrorKind.PERMANENT, "secret")));
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			assertInternalError(http.read("POST"));
		}
	}

	@Test
	void missingTranslationIsInternalError() throws Exception {
		this.translator = (error) -> null;
		this.engine.behave(FakeEngine.Behaviour.fails(Failure.of(ErrorKind.PERMANENT, "secret")));
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			assertInternalError(http.read("POST"));
		}
	}

	@Test
	void missingOutcomeIsInternalError() throws Exception {
		this.engine.behave((call) -> call.outcome().complete(null));
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, VectorBodies.request(100));
			RawHttp.Answer answer = http.read("POST");
			assertThat(answer.status()).isEqualTo(500);
			assertThat(Status.parseFrom(answer.body()).getCode()).isEqualTo(13);
		}
	}

	@Test
	void refusalsThatCannotBeTranslatedAreInternalErrors() throws Exception {
		this.translator = OtlpHttpFailureTests::broken;
		this.engine.refuse(FULL);
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", HEADERS, new byte[0]);
			assertInternalError(http.read("POST"));
		}
		try (RawHttp http = connect((request, cancellation) -> {
			throw FULL;
		})) {
			http.send("POST", "/v1/traces", HEADERS, new byte[0]);
			assertInternalError(http.read("POST"));
		}
	}

	@Test
	void refusalWhileReadingThatCannotBeTranslatedIsInternalError() throws Exception {
		this.translator = OtlpHttpFailureTests::broken;
		try (RawHttp http = connect()) {
			http.send("POST", "/v1/traces", CHUNKED, null);
			http.writeChunk(new byte[100]);
			Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isEqualTo(1));
			this.engine.refuse(FULL);
			http.writeChunk(new byte[50_000]);
			assertInternalError(http.read("POST"));
		}
	}

	private static void assertInternalError(RawHttp.Answer answer) throws IOException {
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.header("Content-Type")).isEqualTo(PROTOBUF);
		assertThat(Status.parseFrom(answer.body()))
			.isEqualTo(Status.newBuilder().setCode(13).setMessage("Internal error").build());
	}

	private static TranslatedError broken(Throwable error) {
		throw new IllegalStateException("broken translator");
	}

	private RawHttp connect() throws IOException {
		return connect(ServletCallContextFactory.withDeadline(OtlpHttpOptions.defaults().defaultDeadline()));
	}

	private RawHttp connect(ServletCallContextFactory contexts) throws IOException {
		OtlpHttpOptions options = OtlpHttpOptions.defaults().withMaxBodyBytes(LIMIT);
		return new RawHttp(
				this.servers.add(new OtlpHttpServlet((signal) -> this.engine, this.translator, options, contexts))
					.baseUrl());
	}

}
