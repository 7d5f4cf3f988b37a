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

package dev.ferrule.autoconfigure.engine;

import java.util.LinkedHashMap;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.PropertyCheck;
import dev.ferrule.autoconfigure.properties.TestProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExporterNode}.
 */
class ExporterNodeTests {

	private static final String EXPORTER = "$.spec.groups.default.pipelines.main.nodes.exporter";

	@Test
	void endpointAloneMeansGrpc() {
		assertNode(
				"urn:ferrule:exporter:otlp_grpc", Map.of("grpc_endpoint", "http://localhost:4317", "max_in_flight", 128,
						"concurrency_limit", 128, "num_connections", 1),
				"ferrule.exporter.endpoint=http://localhost:4317/");
	}

	@Test
	void protocolDoesNotFollowFromThePort() {
		assertThat(
				TestProperties.json("ferrule.exporter.endpoint=http://localhost:4318").<String>read(EXPORTER + ".type"))
			.isEqualTo("urn:ferrule:exporter:otlp_grpc");
	}

	@Test
	void grpcTakesAllKeys() {
		assertNode("urn:ferrule:exporter:otlp_grpc",
				Map.of("grpc_endpoint", "https://localhost:4317", "compression", "zstd", "timeout", "1500ms", "headers",
						Map.of("x-tenant", "a"), "max_in_flight", 7, "concurrency_limit", 7, "num_connections", 2),
				"ferrule.exporter.endpoint=https://localhost:4317", "ferrule.exporter.protocol=grpc",
				"ferrule.exporter.compression=zstd", "ferrule.exporter.timeout=1500ms",
				"ferrule.exporter.headers.x-tenant=a", "ferrule.exporter.max-in-flight=7",
				"ferrule.exporter.connections=2");
	}

	@Test
	void httpTakesAllKeys() {
		assertNode("urn:ferrule:exporter:otlp_http",
				Map.of("endpoint", "http://localhost:4318/base", "max_in_flight", 7, "client_pool_size", 2, "http",
						Map.of("compression", "gzip", "timeout", "1000ms", "headers", Map.of("x-tenant", "a"),
								"concurrency_limit", 7)),
				"ferrule.exporter.endpoint=http://localhost:4318/base", "ferrule.exporter.protocol=http",
				"ferrule.exporter.compression=gzip", "ferrule.exporter.timeout=1s",
				"ferrule.exporter.headers.x-tenant=a", "ferrule.exporter.max-in-flight=7",
				"ferrule.exporter.connections=2");
	}

	@Test
	void typesWithoutEndpoint() {
		assertNode("exporter:noop", Map.of(), "ferrule.exporter.type=noop");
		assertNode("urn:ferrule:exporter:log", Map.of(), "ferrule.exporter.type=log");
	}

	@Test
	void typeAndProtocolMayAgree() {
		assertThat(TestProperties
			.json("ferrule.exporter.type=otlp-http", "ferrule.exporter.protocol=http",
					"ferrule.exporter.endpoint=http://localhost:4318")
			.<String>read(EXPORTER + ".type")).isEqualTo("urn:ferrule:exporter:otlp_http");
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void bundleIsNamedToTheExporter(String protocol) {
		assertThat(TestProperties
			.json("ferrule.exporter.endpoint=https://localhost:1", "ferrule.exporter.protocol=" + protocol,
					"ferrule.exporter.ssl.bundle=web")
			.<String>read(EXPORTER + ".config.tls_bundle")).isEqualTo("web");
	}

	@Test
	void bundleWithoutTlsIsRefused() {
		assertRefused("ferrule.exporter.ssl.bundle", "has no endpoint with https",
				"ferrule.exporter.endpoint=http://localhost:4317", "ferrule.exporter.ssl.bundle=web");
		assertRefused("ferrule.exporter.ssl.bundle", "has no endpoint with https", "ferrule.exporter.ssl.bundle=web");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "localhost", "localhost:4317", "tcp://localhost:4317", "http://", "http:/x",
			"http://my host:4317", "http://user:secret@my host:1", "http://my host?key=secret" })
	void endpointThatIsNoUrlIsRefused(String endpoint) {
		assertThat(assertRefused("ferrule.exporter.endpoint", "is not a URL with http or https and a host",
				"ferrule.exporter.endpoint=" + endpoint))
			.hasMessageNotContaining("secret");
	}

	@Test
	void endpointWithPartsThatOtlpDoesNotUseIsRefused() {
		assertThat(assertRefused("ferrule.exporter.endpoint", "has a user, a query or a fragment",
				"ferrule.exporter.endpoint=http://user:secret@localhost:4317"))
			.hasMessageNotContaining("secret");
		assertRefused("ferrule.exporter.endpoint", "has a user, a query or a fragment",
				"ferrule.exporter.endpoint=http://localhost:4317?key=secret");
		assertRefused("ferrule.exporter.endpoint", "has a path",
				"ferrule.exporter.endpoint=http://localhost:4317/v1/traces");
		assertRefused("ferrule.exporter.endpoint", "names the path of one signal", "ferrule.exporter.protocol=http",
				"ferrule.exporter.endpoint=http://localhost:4318/v1/traces");
	}

	@ParameterizedTest
	@CsvSource({ "http://localhost:4317, http://localhost:4317", "http://user:secret@host:1/x, ***@host:1/x",
			"http://host/x?key=secret, http://host/x?***", "http://host#secret, http://host#***",
			"http://user:secret@host?key=secret, ***@host?***", "http://user:sec?ret@host, ***@" })
	void credentialsInTheEndpointAreNotPrinted(String endpoint, String printed) {
		assertThat(PropertyCheck.hideCredentials(endpoint)).isEqualTo(printed);
		assertThat(TestProperties.bind("ferrule.exporter.endpoint=" + endpoint).exporter().toString())
			.contains("endpoint=" + printed + ",");
	}

	@Test
	void contradictionsAreRefused() {
		assertRefused("ferrule.exporter.endpoint", "is missing", "ferrule.exporter.type=otlp-grpc");
		assertRefused("ferrule.exporter.endpoint", "is missing", "ferrule.exporter.type=otlp-http");
		assertRefused("ferrule.exporter.endpoint", "exporter type 'log' has none", "ferrule.exporter.type=log",
				"ferrule.exporter.endpoint=http://localhost:4317");
		assertRefused("ferrule.exporter.protocol", "has no endpoint", "ferrule.exporter.protocol=http");
		assertRefused("ferrule.exporter.protocol", "contradicts ferrule.exporter.type 'otlp-grpc'",
				"ferrule.exporter.type=otlp-grpc", "ferrule.exporter.protocol=http",
				"ferrule.exporter.endpoint=http://localhost:4317");
	}

	@Test
	void badHeadersAreRefusedWithoutTheirValues() {
		String endpoint = "ferrule.exporter.endpoint=http://localhost:4317";
		assertThat(assertRefused("ferrule.exporter.headers.authorization", "visible ASCII", endpoint,
				"ferrule.exporter.headers.authorization=secret\n"))
			.hasMessageNotContaining("secret");
		assertRefused("ferrule.exporter.headers.grpc-timeout", "belongs to the protocol", endpoint,
				"ferrule.exporter.headers.grpc-timeout=1S");
		assertRefused("ferrule.exporter.headers.user-agent", "belongs to the protocol", endpoint,
				"ferrule.exporter.headers.user-agent=x");
		assertRefused("ferrule.exporter.headers.host", "belongs to the protocol", endpoint,
				"ferrule.exporter.protocol=http", "ferrule.exporter.headers.host=x");
		assertRefused("ferrule.exporter.headers.a b", "is not a header name", endpoint,
				"ferrule.exporter.headers[a b]=x");
		assertRefused("ferrule.exporter.headers.x-a", "repeats a header", endpoint, "ferrule.exporter.headers[X-A]=x",
				"ferrule.exporter.headers[x-a]=x");
	}

	@Test
	void limitsOutOfRangeAreRefused() {
		assertRefused("ferrule.exporter.timeout", "is less than 1ms", "ferrule.exporter.timeout=0s");
		assertRefused("ferrule.exporter.max-in-flight", "is not between", "ferrule.exporter.max-in-flight=0");
		assertRefused("ferrule.exporter.connections", "is not between", "ferrule.exporter.connections=0");
		assertRefused("ferrule.pipelines.one.exporter.connections", "is not between",
				"ferrule.pipelines.one.exporter.connections=0");
	}

	private static void assertNode(String type, Map<String, Object> config, String... pairs) {
		DocumentContext json = TestProperties.json(pairs);
		assertThat(json.<String>read(EXPORTER + ".type")).isEqualTo(type);
		Map<String, Object> found = new LinkedHashMap<>(json.<Map<String, Object>>read(EXPORTER + ".config"));
		found.remove("retry");
		assertThat(found).isEqualTo(config);
	}

	private static FerruleConfigurationException assertRefused(String property, String problem, String... pairs) {
		FerruleConfigurationException[] caught = new FerruleConfigurationException[1];
		assertThatExceptionOfType(FerruleConfigurationException.class).isThrownBy(() -> TestProperties.compose(pairs))
			.withMessageContaining(problem)
			.satisfies((ex) -> {
				assertThat(ex.getProperty()).isEqualTo(property);
				caught[0] = ex;
			});
		return caught[0];
	}

}
