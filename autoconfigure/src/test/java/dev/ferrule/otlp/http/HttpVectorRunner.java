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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends the requests of {@link HttpVector}s to a server and checks its answers. A case
 * that cannot be decided by the target is aborted, with the reason.
 */
public final class HttpVectorRunner {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final String JSON = "application/json";

	private static final int MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

	private static final List<Integer> RETRYABLE = List.of(429, 502, 503, 504);

	private final HttpVectorTarget target;

	public HttpVectorRunner(HttpVectorTarget target) {
		this.target = target;
	}

	/**
	 * Runs a case as it is.
	 * @param vector the case
	 * @throws Exception if a connection fails
	 */
	public void run(HttpVector vector) throws Exception {
		URI base = prepare(vector);
		if (vector.isHttp2()) {
			check(vector, overHttp2(base, vector), contentType(vector));
		}
		else {
			try (RawHttp http = new RawHttp(base)) {
				http.send(vector.method(), vector.path(), vector.headers(),
						vector.isBodyWithheld() ? null : vector.body());
				if (vector.isPipelined()) {
					http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF), new byte[0]);
				}
				RawHttp.Answer answer = http.read(vector.method());
				check(vector, answer, contentType(vector));
				if (vector.isPipelined()) {
					checkSecondAnswer(http, answer);
				}
			}
		}
		checkAfter(base);
	}

	/**
	 * Runs a case that the pipeline decides with a JSON body instead.
	 * @param vector the case
	 * @throws Exception if a connection fails
	 */
	public void runAsJson(HttpVector vector) throws Exception {
		URI base = prepare(vector);
		try (RawHttp http = new RawHttp(base)) {
			http.send("POST", vector.path(), Map.of("Content-Type", JSON),
					"{\"resourceSpans\":[{}]}".getBytes(StandardCharsets.UTF_8));
			check(vector, http.read("POST"), JSON);
		}
		checkAfter(base);
	}

	private URI prepare(HttpVector vector) {
		if (vector.needsDecoding() && !this.target.decodes()) {
			throw new TestAbortedException("Decided by decoding, which this target does not do");
		}
		URI base = this.target.baseUrl(vector);
		if (base == null) {
			throw new TestAbortedException("The target has no server of this configuration");
		}
		if (!this.target.outcome(vector.outcome())) {
			throw new TestAbortedException("The target cannot end a call this way: " + vector.outcome());
		}
		return base;
	}

	private void checkAfter(URI base) throws IOException {
		this.target.outcome(null);
		this.target.verifyNothingLeft();
		try (RawHttp http = new RawHttp(base)) {
			http.send("POST", "/v1/traces", Map.of("Content-Type", PROTOBUF), VectorBodies.request(100));
			assertThat(http.read("POST").status()).as("a good request afterwards").isEqualTo(200);
		}
		this.target.verifyNothingLeft();
	}

	private static void checkSecondAnswer(RawHttp http, RawHttp.Answer first) throws IOException {
		// Some containers close the connection after a 400; then they must say so.
		if ("close".equals(first.header("Connection"))) {
			return;
		}
		try {
			assertThat(http.read("POST").status()).isEqualTo(200);
		}
		catch (EOFException ex) {
			throw new AssertionError("The second request got no answer", ex);
		}
	}

	private static String contentType(HttpVector vector) {
		return vector.expect().get("contentType").asString();
	}

	private static RawHttp.Answer overHttp2(URI base, HttpVector vector) throws IOException, InterruptedException {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		// The upgrade takes place with a request that has no body.
		client.send(HttpRequest.newBuilder(base.resolve("/")).build(), BodyHandlers.discarding());
		HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(vector.path()))
			.POST(BodyPublishers.ofByteArray(vector.body()));
		vector.headers().forEach(request::header);
		HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		return new RawHttp.Answer(response.statusCode(), response.headers().map(), response.body(), false);
	}

	private static void check(HttpVector vector, RawHttp.Answer answer, String contentType)
			throws InvalidProtocolBufferException, IOException {
		JsonNode expect = vector.expect();
		JsonNode also = expect.get("alsoAcceptedStatus");
		if (also != null && answer.status() == also.get(0).asInt()) {
			return;
		}
		assertThat(answer.status()).isEqualTo(vector.status());
		assertThat(answer.header("Content-Type")).isEqualTo(contentType);
		checkHeaders(expect, answer);
		switch (expect.get("bodyKind").asString()) {
			case "none" -> assertThat(answer.body()).isEmpty();
			case "google.rpc.Status" -> checkStatus(expect, answer, contentType);
			default -> checkSuccess(expect, answer, contentType);
		}
		if (vector.isBodyWithheld()) {
			assertThat(answer.continued()).as("100 (Continue) sent for a body that is refused").isFalse();
		}
	}

	private static void checkHeaders(JsonNode expect, RawHttp.Answer answer) {
		if (expect.has("headers")) {
			expect.get("headers").properties().forEach((field) -> {
				String value = field.getValue().asString();
				assertThat(answer.header(field.getKey())).as(field.getKey())
					.isEqualTo(field.getKey().equals("Connection") ? value.split(" ")[0] : value);
			});
		}
		if (expect.has("retryAfterAbsent")) {
			assertThat(answer.header("Retry-After")).isNull();
		}
		if (expect.has("retryable")) {
			assertThat(RETRYABLE.contains(answer.status())).as("retryable")
				.isEqualTo(expect.get("retryable").asBoolean());
		}
		if (answer.status() != 401) {
			assertThat(answer.header("WWW-Authenticate")).isNull();
		}
	}

	private static void checkStatus(JsonNode expect, RawHttp.Answer answer, String contentType)
			throws InvalidProtocolBufferException {
		int code;
		String message;
		if (contentType.equals(JSON)) {
			JsonNode status = JsonMapper.shared().readTree(answer.body());
			code = status.get("code").asInt();
			message = status.get("message").asString();
		}
		else {
			Status status = Status.parseFrom(answer.body());
			code = status.getCode();
			message = status.getMessage();
		}
		assertThat(code).isEqualTo(expect.get("rpcCode").asInt());
		assertThat(message).isNotEmpty();
	}

	private static void checkSuccess(JsonNode expect, RawHttp.Answer answer, String contentType) throws IOException {
		assertThat(answer.body().length).isLessThanOrEqualTo(MAX_RESPONSE_BYTES);
		if (contentType.equals(JSON)) {
			checkJsonSuccess(expect, JsonMapper.shared().readTree(answer.body()));
			return;
		}
		if (!expect.get("bodyProtobufLength").isNull()) {
			assertThat(answer.body()).hasSize(expect.get("bodyProtobufLength").asInt());
		}
		JsonNode partial = expect.get("partialSuccess");
		if (partial.isNull()) {
			assertThat(answer.body()).isEmpty();
			return;
		}
		PartialSuccess actual = PartialSuccess.parse(answer.body());
		assertThat(actual.rejected()).isEqualTo(partial.get("rejectedSpans").asLong());
		checkMessage(partial.get("errorMessage").asString(), actual.message());
	}

	private static void checkJsonSuccess(JsonNode expect, JsonNode body) {
		if (!expect.get("bodyJson").isNull()) {
			assertThat(body).isEqualTo(JsonMapper.shared().readTree(expect.get("bodyJson").asString()));
			return;
		}
		JsonNode partial = body.get("partialSuccess");
		assertThat(partial.get("rejectedSpans").asString())
			.isEqualTo(expect.get("partialSuccess").get("rejectedSpans").asString());
		checkMessage(expect.get("partialSuccess").get("errorMessage").asString(),
				partial.get("errorMessage").asString());
	}

	private static void checkMessage(String expected, String actual) {
		if (expected.startsWith("truncated")) {
			assertThat(actual).isNotEmpty();
		}
		else {
			assertThat(actual).isEqualTo(expected);
		}
	}

	/**
	 * {@code partial_success} of an export response.
	 *
	 * @param rejected number of rejected items
	 * @param message message, empty if there is none
	 */
	public record PartialSuccess(long rejected, String message) {

		public static @Nullable PartialSuccess parse(byte[] response) throws IOException {
			CodedInputStream input = CodedInputStream.newInstance(response);
			if (input.isAtEnd()) {
				return null;
			}
			assertThat(input.readTag()).isEqualTo(0x0a);
			CodedInputStream partial = CodedInputStream.newInstance(input.readByteArray());
			assertThat(input.isAtEnd()).isTrue();
			long rejected = 0;
			String message = "";
			for (int tag = partial.readTag(); tag != 0; tag = partial.readTag()) {
				switch (tag) {
					case 0x08:
						rejected = partial.readInt64();
						break;
					case 0x12:
						message = partial.readStringRequireUtf8();
						break;
					default:
						throw new AssertionError("tag " + tag);
				}
			}
			return new PartialSuccess(rejected, message);
		}

	}

}
