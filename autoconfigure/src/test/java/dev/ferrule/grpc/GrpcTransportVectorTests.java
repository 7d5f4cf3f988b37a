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

package dev.ferrule.grpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.TraceContext;
import dev.ferrule.testsupport.RawHttp2;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the vectors in which grpc-java has a say, over a real socket.
 */
class GrpcTransportVectorTests {

	private static final int PROTOCOL_ERROR = 1;

	private static final int INTERNAL_ERROR = 2;

	private static final int CANCEL = 8;

	private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	@TestFactory
	Stream<DynamicTest> metadata() {
		Map<String, Consumer<Vector>> tests = new LinkedHashMap<>();
		Stream
			.of("MD-order", "MD-host-grpc", "MD-user-agent", "MD-grpc-reserved", "MD-grpc-attempts", "MD-grpc-tracebin",
					"MD-bin-padded", "MD-bin-joined", "MD-bin-two", "MD-bin-empty", "MD-bin-big", "MD-nonascii-grpc",
					"MD-name-dot")
			.forEach((id) -> tests.put(id, this::assertMetadata));
		// grpc-java splits at commas, but does not skip white space
		tests.put("MD-bin-joined-space", (vector) -> assertReset(fields(vector), PROTOCOL_ERROR, 0));
		// It keeps a header of this name, but nobody can read it
		tests.put("MD-bin-only-suffix",
				(vector) -> assertThat(served(fields(vector)).metadata().values("-bin")).isEmpty());
		tests.put("MD-header-list-8k", (vector) -> {
			RawHttp2.Answer answer = refused(List.of(Map.entry("x-big", "v".repeat(9000))));
			assertThat(answer.fields()).containsEntry(":status", "431");
		});
		tests.put("MD-connection-h2", (vector) -> assertReset(fields(vector), PROTOCOL_ERROR, 0));
		return SemanticVectors.load("metadata.json").some("cases", tests);
	}

	@TestFactory
	Stream<DynamicTest> malformedBinary() {
		return Stream.of("!!!", "-_-_", "A")
			.map((value) -> DynamicTest.dynamicTest(value,
					() -> assertReset(List.of(Map.entry("x-a-bin", value)), PROTOCOL_ERROR, 0)));
	}

	@TestFactory
	Stream<DynamicTest> deadlines() {
		Map<String, Consumer<Vector>> tests = new LinkedHashMap<>();
		Stream
			.of("RES-none-default", "RES-grpc", "RES-longer-than-default", "RES-dup-grpc", "RES-conflict-grpc-envoy",
					"RES-overflow-clamp")
			.forEach((id) -> tests.put(id, this::assertDeadline));
		tests.put("RES-invalid-grpc", (vector) -> assertReset(fields(vector), INTERNAL_ERROR, 0));
		Stream.of("RES-zero-grpc", "RES-negative-grpc", "RES-one-nano")
			.forEach((id) -> tests.put(id, (vector) -> assertReset(fields(vector), CANCEL, 1)));
		return SemanticVectors.load("deadline.json").some("resolution", tests);
	}

	@TestFactory
	Stream<DynamicTest> signedDeadline() {
		// Malformed, but grpc-java has its own opinion and enforces it
		return Stream.of(DynamicTest.dynamicTest("+5S",
				() -> assertRemaining(served(List.of(Map.entry("grpc-timeout", "+5S"))), Duration.ofSeconds(5))));
	}

	@TestFactory
	Stream<DynamicTest> traceContexts() {
		Map<String, Consumer<Vector>> tests = new LinkedHashMap<>();
		tests.put("carrier-grpc-metadata",
				(vector) -> assertThat(trace(Map.entry("traceparent", TRACEPARENT), Map.entry("tracestate", "a=1"),
						Map.entry("tracestate", "b=2")))
					.isEqualTo(new TraceContext(0x0af7651916cd43ddL, 0x8448eb211c80319cL, 0xb7ad6b7169203331L, 1,
							"a=1,b=2", true)));
		tests.put("carrier-wrong-name",
				(vector) -> assertThat(
						trace(Map.entry("trace-parent", TRACEPARENT), Map.entry("trace.parent", TRACEPARENT)))
					.isNull());
		tests.put("carrier-grpc-trace-bin",
				(vector) -> assertThat(trace(Map.entry("grpc-trace-bin", "AAAK92UZFs1D3YRI6yEcgDGcAbeta3FpIDMxAgE")))
					.isNull());
		tests.put("carrier-b3",
				(vector) -> assertThat(trace(Map.entry("b3", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1")))
					.isNull());
		tests.put("carrier-both",
				(vector) -> assertThat(trace(Map.entry("grpc-trace-bin", "AAAK92UZFs1D3YRI6yEcgDGcAbeta3FpIDMxAgE"),
						Map.entry("traceparent", TRACEPARENT)))
					.extracting(TraceContext::traceIdHex)
					.isEqualTo("0af7651916cd43dd8448eb211c80319c"));
		return SemanticVectors.load("trace-context.json").some("carriers", tests);
	}

	private void assertMetadata(Vector vector) {
		Vector expected = vector.child("expect");
		try (ContextServer server = new ContextServer()) {
			CallContext context = served(server, fields(vector));
			Map<String, List<String>> values = new LinkedHashMap<>();
			for (ClientMetadata.Entry entry : context.metadata().entries()) {
				values.computeIfAbsent(entry.name(), (name) -> new ArrayList<>())
					.add(entry.binary() ? HexFormat.of().formatHex(entry.value()) : entry.text());
			}
			values.remove("content-type");
			assertThat(values).isEqualTo(expected.get("metadata"));
			List<List<String>> dropped = expected.get("dropped");
			assertThat(server.drops()).extracting(Object::toString)
				.containsExactlyInAnyOrderElementsOf(dropped.stream().map((drop) -> drop.get(1)).toList());
		}
	}

	private void assertDeadline(Vector vector) {
		assertRemaining(served(fields(vector)), Duration.ofNanos(vector.child("expect").number("timeoutNanos")));
	}

	private static void assertRemaining(CallContext context, Duration time) {
		assertThat(context.deadline()).isNotNull();
		assertThat(Duration.ofNanos(context.deadline().remainingNanos())).isLessThanOrEqualTo(time)
			.isGreaterThan(time.minusSeconds(20));
	}

	private static @Nullable TraceContext trace(Map.Entry<?, ?>... fields) {
		List<Map.Entry<String, String>> all = new ArrayList<>();
		for (Map.Entry<?, ?> field : fields) {
			all.add(Map.entry((String) field.getKey(), (String) field.getValue()));
		}
		return served(all).trace();
	}

	private static CallContext served(List<Map.Entry<String, String>> fields) {
		try (ContextServer server = new ContextServer()) {
			return served(server, fields);
		}
	}

	private static CallContext served(ContextServer server, List<Map.Entry<String, String>> fields) {
		try (RawHttp2 client = server.connect()) {
			RawHttp2.Answer answer = client.start(ContextServer.PATH, "gw.example", fields, ContextServer.MESSAGE)
				.answer();
			assertThat(answer.fields()).containsEntry("grpc-status", "0");
			return server.next();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static void assertReset(List<Map.Entry<String, String>> fields, int code, int arrivals) {
		try (ContextServer server = new ContextServer(); RawHttp2 client = server.connect()) {
			RawHttp2.Answer answer = client.start(ContextServer.PATH, "gw.example", fields, ContextServer.MESSAGE)
				.answer();
			assertThat(answer.resetCode()).isEqualTo(code);
			assertThat(answer.fields()).doesNotContainKey("grpc-status");
			assertThat(server.arrived()).isEqualTo(arrivals);
			assertThat(server.served()).isZero();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static RawHttp2.Answer refused(List<Map.Entry<String, String>> fields) {
		try (ContextServer server = new ContextServer(); RawHttp2 client = server.connect()) {
			RawHttp2.Answer answer = client.start(ContextServer.PATH, "gw.example", fields, ContextServer.MESSAGE)
				.answer();
			assertThat(server.arrived()).isZero();
			return answer;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	// The values of the vectors are bytes already. The authority is sent in any case.
	private static List<Map.Entry<String, String>> fields(Vector vector) {
		List<List<String>> headers = vector.child("input").get("headers");
		return headers.stream()
			.filter((header) -> !header.get(0).startsWith(":"))
			.map((header) -> Map.entry(header.get(0), header.get(1)))
			.toList();
	}

}
