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

package dev.ferrule.context.header;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.RequestCarrier.Transport;
import dev.ferrule.context.TraceContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the vectors of {@code trace-context.json} that the context decides. Shortening a
 * trace state and writing it are the engine's part.
 */
class TraceContextVectorTests {

	private static final String PARENT = "00-4c1fd2e8a07b9635f1d0c3b2a4956871-9ab1c2d3e4f50617-01";

	/**
	 * What crosses to the engine is tested with frames, what it sends in the engine; the
	 * others say what the engine and the collector do by themselves.
	 */
	private static final Set<String> DECIDED_ELSEWHERE = Set.of("carrier-otlp-payload", "carrier-to-rust",
			"carrier-engine", "carrier-collector", "carrier-outbound");

	private final SemanticVectors vectors = SemanticVectors.load("trace-context.json");

	private final ContextStatistics statistics = new ContextStatistics();

	@TestFactory
	Stream<DynamicTest> cases() {
		return this.vectors.tests("cases", Set.of(), (vector) -> {
			Vector input = vector.child("input");
			Vector expected = vector.child("expect");
			ContextStatistics counted = new ContextStatistics();
			List<String> parents = input.get("traceparent");
			TraceContext trace = extract(counted, VectorCarrier.of(Transport.HTTP,
					Map.of("traceparent", parents, "tracestate", input.get("tracestate"))));
			assertThat(counted.invalidTraceparents()).isEqualTo((parents.isEmpty() || trace != null) ? 0 : 1);
			assertThat(trace != null).isEqualTo(expected.bool("valid"));
			if (trace == null) {
				return;
			}
			Vector context = expected.child("context");
			assertThat(trace.traceIdHex()).isEqualTo(context.text("traceId"));
			assertThat(trace.spanIdHex()).isEqualTo(context.text("parentId"));
			assertThat(HexFormat.of().toHexDigits((byte) trace.flags())).isEqualTo(context.text("flags"));
			assertThat(trace.isSampled()).isEqualTo(context.bool("sampled"));
			assertThat((trace.flags() & 0x02) != 0).isEqualTo(context.bool("random"));
			assertThat(trace.remote()).isEqualTo(context.bool("remote"));
			String header = expected.child("tracestate").text("header");
			assertThat(trace.traceState()).isEqualTo((header != null) ? header : "");
			boolean discarded = "discarded".equals(expected.child("tracestate").text("status"));
			assertThat(counted.invalidTracestates()).isEqualTo(discarded ? 1 : 0);
		});
	}

	@TestFactory
	Stream<DynamicTest> carriers() {
		return this.vectors.tests("carriers", DECIDED_ELSEWHERE, Map.of("carrier-grpc-metadata",
				(vector) -> assertThat(headers(Transport.GRPC, "traceparent", PARENT, "tracestate", "a=1"))
					.isEqualTo(headers(Transport.HTTP, "traceparent", PARENT, "tracestate", "a=1"))
					.isNotNull(),
				"carrier-name-case", (vector) -> assertThat(headers(Transport.HTTP, "TraceParent", PARENT)).isNotNull(),
				"carrier-wrong-name",
				(vector) -> assertThat(headers(Transport.HTTP, "trace-parent", PARENT, "trace.parent", PARENT))
					.isNull(),
				"carrier-grpc-trace-bin",
				(vector) -> assertThat(headers(Transport.GRPC, "grpc-trace-bin", "AAAA")).isNull(), "carrier-b3",
				(vector) -> assertThat(
						headers(Transport.HTTP, "b3", "4c1fd2e8a07b9635f1d0c3b2a4956871-9ab1c2d3e4f50617-1"))
					.isNull(),
				"carrier-both",
				(vector) -> assertThat(headers(Transport.GRPC, "traceparent", PARENT, "grpc-trace-bin", "AAAA"))
					.isEqualTo(headers(Transport.GRPC, "traceparent", PARENT))
					.isNotNull()));
	}

	private @Nullable TraceContext headers(Transport transport, String... headers) {
		List<List<String>> pairs = new ArrayList<>();
		for (int i = 0; i < headers.length; i += 2) {
			pairs.add(List.of(headers[i], headers[i + 1]));
		}
		return extract(this.statistics, new VectorCarrier(transport, pairs, System.nanoTime()));
	}

	private static @Nullable TraceContext extract(ContextStatistics statistics, RequestCarrier carrier) {
		CallContext.Builder builder = CallContext.builder();
		new W3cTraceContextExtractor(statistics).extract(carrier, builder);
		return builder.build().trace();
	}

}
