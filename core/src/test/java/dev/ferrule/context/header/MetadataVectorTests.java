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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Runs the vectors of {@code metadata.json} that the context decides. What is sent on and
 * how metadata merges is the engine's part.
 */
class MetadataVectorTests {

	/**
	 * Servers refuse these before anyone sees the request.
	 */
	private static final Set<String> DECIDED_BY_SERVERS = Set.of("MD-header-list-8k", "MD-two-hosts",
			"MD-connection-h2");

	/**
	 * Not refused, and what is sent then the engine decides.
	 */
	private static final Set<String> SENT_BY_THE_ENGINE = Set.of("FW-static-wins");

	private final SemanticVectors vectors = SemanticVectors.load("metadata.json");

	@TestFactory
	Stream<DynamicTest> cases() {
		return this.vectors.tests("cases", DECIDED_BY_SERVERS, (vector) -> {
			if (vector.id().equals("MD-crlf")) {
				List<List<String>> headers = vector.child("input").get("headers");
				assertThatIllegalArgumentException()
					.isThrownBy(() -> ClientMetadata.builder().add(headers.get(0).get(0), headers.get(0).get(1)));
				return;
			}
			Vector expected = vector.child("expect");
			List<List<String>> dropped = new ArrayList<>();
			MetadataExtractor extractor = new MetadataExtractor(MetadataSettings.standard(true),
					(name, reason) -> dropped.add(List.of(name, reason.toString())));
			CallContext.Builder builder = CallContext.builder();
			extractor.extract(VectorCarrier.of(vector.child("input")), builder);
			List<ClientMetadata.Entry> entries = builder.build().metadata().entries();
			assertThat(values(entries)).isEqualTo(expected.get("metadata"));
			assertThat(names(entries.stream().filter(ClientMetadata.Entry::binary))).isEqualTo(expected.get("binary"));
			assertThat(names(entries.stream().filter(ClientMetadata.Entry::sensitive)))
				.isEqualTo(expected.get("sensitive"));
			assertThat(dropped).isEqualTo(expected.get("dropped"));
		});
	}

	@TestFactory
	Stream<DynamicTest> lookup() {
		return this.vectors.tests("lookup", Set.of("LK-copy", "LK-java-rust"), (vector) -> {
			Vector input = vector.child("input");
			Locale locale = Locale.getDefault();
			if (input.has("jvmDefaultLocale")) {
				Locale.setDefault(Locale.forLanguageTag(input.get("jvmDefaultLocale")));
			}
			try {
				ClientMetadata metadata = metadata(input.get("stored"));
				assertThat(metadata.values(input.get("key"))).isEqualTo(vector.child("expect").get("values"));
				if (vector.child("expect").members().containsKey("first")) {
					assertThat(metadata.first(input.get("key"))).isEqualTo(vector.child("expect").text("first"));
				}
			}
			finally {
				Locale.setDefault(locale);
			}
		});
	}

	@Test
	void valuesCannotBeChangedByWhoReadsThem() {
		// LK-copy
		ClientMetadata metadata = metadata(Map.of("x-m", List.of("a")));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> metadata.values("x-m").add("b"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> metadata.entries().clear());
		assertThat(metadata.values("x-m")).containsExactly("a");
	}

	@TestFactory
	Stream<DynamicTest> refusedForwarding() {
		return this.vectors.tests("forwarding", SENT_BY_THE_ENGINE, (vector) -> {
			Vector expected = vector.child("expect");
			List<String> forward = new ArrayList<>(vector.child("input").<List<String>>get("forward"));
			boolean credentials = forward.remove("allow-credentials");
			if (!expected.has("configurationError")) {
				assertThat(new OutboundSettings(forward, credentials).headers())
					.isEqualTo(forward.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList());
				return;
			}
			assertThat(OutboundSettings.problem(forward.get(0), credentials))
				.hasToString(expected.text("configurationError"));
			assertThatIllegalArgumentException().isThrownBy(() -> new OutboundSettings(forward, credentials));
		});
	}

	@Test
	void credentialsOfTheConnectionAreNeverSentOn() {
		assertThat(OutboundSettings.problem("Proxy-Authorization", true)).isEqualTo(OutboundSettings.Problem.RESERVED);
		assertThat(OutboundSettings.problem("Cookie", true)).isNull();
	}

	private static ClientMetadata metadata(Map<String, List<String>> stored) {
		ClientMetadata.Builder builder = ClientMetadata.builder();
		stored.forEach((name, values) -> values.forEach((value) -> builder.add(name, value)));
		return builder.build();
	}

	private static Map<String, List<String>> values(List<ClientMetadata.Entry> entries) {
		Map<String, List<String>> values = new LinkedHashMap<>();
		entries.forEach((entry) -> values.computeIfAbsent(entry.name(), (name) -> new ArrayList<>())
			.add(entry.binary() ? HexFormat.of().formatHex(entry.value())
					: new String(entry.value(), StandardCharsets.UTF_8)));
		return values;
	}

	private static List<String> names(Stream<ClientMetadata.Entry> entries) {
		return entries.map(ClientMetadata.Entry::name).distinct().toList();
	}

}
