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

package dev.ferrule.otlp.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.otlp.http.HttpVector;
import dev.ferrule.otlp.http.HttpVectorRunner.PartialSuccess;
import dev.ferrule.testsupport.RawHttp2;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@code grpcCases} of {@code semantics/otlp-http.json}. What a case asks is told in
 * words there, so each has its request here.
 */
public final class GrpcVectorRunner {

	private static final int LIMIT = 4096;

	private static final String SERVICE = "/opentelemetry.proto.collector.trace.v1.TraceService/";

	private static final String EXPORT = SERVICE + "Export";

	private static final byte[] REQUEST = VectorBodies.request(100);

	private static final int MAX_MESSAGE_BYTES = 1024;

	/**
	 * grpc-java refuses an unknown coding before any code of an application runs, and
	 * does not say which codings it knows.
	 */
	private static final String ANSWERED_BY_FRAMEWORK = "G-enc";

	private final GrpcVectorTarget target;

	public GrpcVectorRunner(GrpcVectorTarget target) {
		this.target = target;
	}

	/**
	 * Reads the ids of the cases.
	 * @return ids in their order
	 */
	public static List<String> ids() {
		return HttpVector.file().get("grpcCases").valueStream().map((json) -> json.get("id").asString()).toList();
	}

	/**
	 * Runs a case.
	 * @param id id of the case
	 * @throws Exception if the connection fails
	 */
	public void run(String id) throws Exception {
		Integer port = this.target.port(LIMIT);
		if (port == null) {
			throw new TestAbortedException("The target has no server with a limit of " + LIMIT + " bytes");
		}
		if (id.equals("G-bad-pb") && !this.target.decodes()) {
			throw new TestAbortedException("Decided by decoding, which this target does not do");
		}
		String outcome = outcome(id);
		if (!this.target.outcome((outcome != null) ? JsonMapper.shared().readTree(outcome) : null)) {
			throw new TestAbortedException("The target cannot end a call this way: " + outcome);
		}
		JsonNode expect = expect(id);
		try (RawHttp2 grpc = new RawHttp2("127.0.0.1", port)) {
			for (RawHttp2.Answer answer : send(grpc, id)) {
				check(id, expect, answer);
			}
		}
		this.target.outcome(null);
		this.target.verifyNothingLeft();
		try (RawHttp2 grpc = new RawHttp2("127.0.0.1", port)) {
			assertThat(export(grpc, Map.of(), RawHttp2.frame(false, REQUEST)).grpcStatus()).as("a good call afterwards")
				.isZero();
		}
		this.target.verifyNothingLeft();
	}

	private static JsonNode expect(String id) {
		return HttpVector.file()
			.get("grpcCases")
			.valueStream()
			.filter((json) -> json.get("id").asString().equals(id))
			.findFirst()
			.orElseThrow()
			.get("expect");
	}

	private static @Nullable String outcome(String id) {
		return switch (id) {
			case "G-partial" -> "{\"rejected\":3,\"message\":\"too old\"}";
			case "G-throttle" -> "{\"kind\":\"RESOURCE_EXHAUSTED\",\"retryDelayMillis\":1500}";
			case "G-details" -> "{\"kind\":\"PERMANENT\",\"code\":7,\"text\":\"100% refused\"}";
			case "G-utf8-message" -> "{\"kind\":\"PERMANENT\",\"text\":\"grün 日本\"}";
			case "G-long-message" -> "{\"kind\":\"PERMANENT\",\"text\":\"" + "ä".repeat(50_000) + "\"}";
			default -> null;
		};
	}

	private static List<RawHttp2.Answer> send(RawHttp2 grpc, String id) throws Exception {
		byte[] message = RawHttp2.frame(false, REQUEST);
		return switch (id) {
			case "G-empty" -> List.of(export(grpc, Map.of(), RawHttp2.frame(false, new byte[0])));
			case "G-bad-pb" -> List.of(export(grpc, Map.of(), RawHttp2.frame(false, new byte[] { -1, -1, -1 })));
			case "G-oversize" ->
				List.of(export(grpc, Map.of(), RawHttp2.frame(false, VectorBodies.request(LIMIT + 1))));
			case "G-unknown-method" -> List.of(grpc.call("POST", SERVICE + "Nope", headers(Map.of()), message));
			case "G-unknown-service" -> List.of(grpc.call("POST", "/x.Y/Z", headers(Map.of()), message));
			case "G-bad-ct" -> List.of(export(grpc, Map.of("content-type", "application/json"), message));
			case "G-ct-suffix" -> List.of(export(grpc, Map.of("content-type", "application/grpc+proto"), message),
					export(grpc, Map.of("content-type", "application/grpc;charset=utf-8"), message));
			case "G-grpc-json" -> List.of(export(grpc, Map.of("content-type", "application/grpc+json"), message));
			case "G-get" -> List.of(grpc.call("GET", EXPORT, headers(Map.of())));
			case "G-enc" -> List.of(export(grpc, Map.of("grpc-encoding", "br"), RawHttp2.frame(true, REQUEST)));
			case "G-gzip" ->
				List.of(export(grpc, Map.of("grpc-encoding", "gzip"), RawHttp2.frame(true, gzip(REQUEST))));
			case "G-gzip-expand" -> List.of(export(grpc, Map.of("grpc-encoding", "gzip"),
					RawHttp2.frame(true, gzip(VectorBodies.request(LIMIT * 4)))));
			case "G-no-te" -> {
				Map<String, String> fields = headers(Map.of());
				fields.remove("te");
				yield List.of(grpc.call("POST", EXPORT, fields, message));
			}
			case "G-two-messages" -> List.of(export(grpc, Map.of(), message, message));
			default -> List.of(export(grpc, Map.of(), message));
		};
	}

	private static RawHttp2.Answer export(RawHttp2 grpc, Map<String, String> fields, byte[]... messages)
			throws Exception {
		return grpc.call("POST", EXPORT, headers(fields), messages);
	}

	private static Map<String, String> headers(Map<String, String> others) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("content-type", "application/grpc");
		headers.put("te", "trailers");
		headers.putAll(others);
		return headers;
	}

	private static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream target = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(target)) {
			gzip.write(bytes);
		}
		return target.toByteArray();
	}

	private static void check(String id, JsonNode expect, RawHttp2.Answer answer) throws Exception {
		Map<String, String> fields = answer.fields();
		if (expect.has("httpStatus")) {
			assertThat(fields).containsEntry(":status", expect.get("httpStatus").asString());
		}
		if (expect.has("grpcStatus")) {
			assertThat(fields).containsEntry("grpc-status", expect.get("grpcStatus").asString());
		}
		if (expect.has("headers") && !id.equals(ANSWERED_BY_FRAMEWORK)) {
			expect.get("headers")
				.properties()
				.forEach((field) -> assertThat(fields.get(field.getKey())).as(field.getKey())
					.isEqualTo(field.getValue().asString()));
		}
		if (expect.has("messageLength")) {
			assertThat(answer.body()).isEqualTo(RawHttp2.frame(false, new byte[0]));
		}
		if (expect.has("partialSuccess")) {
			byte[] message = Arrays.copyOfRange(answer.body(), 5, answer.body().length);
			assertThat(PartialSuccess.parse(message)).isEqualTo(new PartialSuccess(3, "too old"));
		}
		checkError(expect, fields);
	}

	private static void checkError(JsonNode expect, Map<String, String> fields) throws Exception {
		if (expect.has("trailers")) {
			expect.get("trailers").forEach((name) -> assertThat(fields).containsKey(name.asString()));
		}
		if (expect.has("retryInfo")) {
			assertThat(retryInfo(fields))
				.isEqualTo(expect.get("retryInfo").isNull() ? null : expect.get("retryInfo").asString());
		}
		if (expect.has("detailsCodeEqualsStatus")) {
			Status details = details(fields);
			assertThat(fields).containsEntry("grpc-status", Integer.toString(details.getCode()));
			assertThat(message(fields)).isEqualTo(details.getMessage()).isEqualTo("100% refused");
		}
		if (expect.has("grpcMessage")) {
			assertThat(fields.get("grpc-message")).isASCII();
			assertThat(message(fields)).isEqualTo("grün 日本");
		}
		if (expect.has("grpcMessageMaxBytes")) {
			assertThat(message(fields).getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(MAX_MESSAGE_BYTES);
			int size = fields.values().stream().mapToInt(String::length).sum();
			assertThat(size).isLessThan(8 * 1024);
		}
	}

	private static String message(Map<String, String> fields) {
		return URLDecoder.decode(fields.get("grpc-message").replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	private static Status details(Map<String, String> fields) throws InvalidProtocolBufferException {
		return Status.parseFrom(Base64.getDecoder().decode(fields.get("grpc-status-details-bin")));
	}

	private static @Nullable String retryInfo(Map<String, String> fields) throws InvalidProtocolBufferException {
		if (!fields.containsKey("grpc-status-details-bin")) {
			return null;
		}
		for (Any detail : details(fields).getDetailsList()) {
			if (detail.is(RetryInfo.class)) {
				com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
				return "%d.%03ds".formatted(delay.getSeconds(), delay.getNanos() / 1_000_000);
			}
		}
		return null;
	}

}
