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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.TestProperties;
import dev.ferrule.engine.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EngineSpecification}.
 */
class EngineSpecificationTests {

	private static final String NODES = "$.spec.groups.default.pipelines.main.nodes";

	@ParameterizedTest
	@CsvSource({ "ferrule.otlp.http.max-body-size=1MB, 67108864", "ferrule.otlp.http.max-body-size=65MB, 68157440",
			"ferrule.otlp.grpc.max-message-size=66MB, 69206016" })
	void decodedSizeFollowsTheLargestLimitOfAnEndpoint(String limit, long expected) {
		assertThat(TestProperties.json(limit).<Number>read("$.maxDecodedBytes").longValue()).isEqualTo(expected);
		assertThat(TestProperties.json(limit, "ferrule.engine.max-decoded-size=2B")
			.<Number>read("$.maxDecodedBytes")
			.longValue()).isEqualTo(2);
	}

	@Test
	void limitsComeFromTheProperties() {
		DocumentContext json = TestProperties.json("ferrule.engine.cores=2", "ferrule.engine.max-in-flight=3",
				"ferrule.engine.max-payload-size=4MB", "ferrule.engine.lane-capacity=5", "ferrule.engine.grace=6ms",
				"ferrule.engine.start-timeout=7ms", "ferrule.engine.max-decoded-size=8B",
				"ferrule.engine.codec-threads=9");
		Map<String, Object> all = json.read("$");
		assertThat(all).containsEntry("name", "ferrule")
			.containsEntry("cores", 2)
			.containsEntry("maxInFlight", 3)
			.containsEntry("maxPayloadBytes", 4 * 1024 * 1024)
			.containsEntry("laneCapacity", 5)
			.containsEntry("startTimeoutMillis", 7)
			.containsEntry("maxDecodedBytes", 8)
			.containsEntry("codecThreads", 9)
			.doesNotContainKey("specYaml");
	}

	@Test
	void contextSettingsComeFromTheProperties() {
		DocumentContext json = TestProperties.json("ferrule.context.default-deadline=0",
				"ferrule.context.maximum-deadline=2s", "ferrule.context.strict-deadline-headers=true",
				"ferrule.context.deadline-headers.x-budget=connect",
				"ferrule.context.deadline-headers.grpc-timeout=off", "ferrule.context.metadata.capture=true",
				"ferrule.context.metadata.max-entries=3", "ferrule.context.metadata.max-name-size=4B",
				"ferrule.context.metadata.max-value-size=5B", "ferrule.context.metadata.max-total-size=6KB",
				"ferrule.context.outbound.headers=X-Tenant,authorization",
				"ferrule.context.outbound.allow-credentials=true");
		assertThat(json.<Map<String, Object>>read("$.context")).isEqualTo(Map.of("defaultDeadlineMillis", 0,
				"maximumDeadlineMillis", 2000, "strictDeadlineHeaders", true, "deadlineHeaders",
				Map.of("connect-timeout-ms", "connect", "x-envoy-expected-rq-timeout-ms", "envoy", "x-request-timeout",
						"duration", "x-budget", "connect"),
				"metadata",
				Map.of("capture", true, "maxEntries", 3, "maxNameBytes", 4, "maxValueBytes", 5, "maxTotalBytes", 6144),
				"outbound", Map.of("headers", List.of("x-tenant", "authorization"), "allowCredentials", true)));
	}

	@Test
	void contextSettingsThatCannotWorkAreRefused() {
		String prefix = "ferrule.context.";
		assertRefused(prefix + "default-deadline", "is less than 1ms", prefix + "default-deadline=-1s");
		assertRefused(prefix + "maximum-deadline", "is more than 100 years", prefix + "maximum-deadline=36501d");
		assertRefused(prefix + "deadline-headers", "is not a legal header name", prefix + "deadline-headers[a b]=grpc");
		assertRefused(prefix + "deadline-headers", "is the same header as", prefix + "deadline-headers[x-a]=grpc",
				prefix + "deadline-headers[X-A]=envoy");
		assertRefused(prefix + "metadata.max-entries", "is not between", prefix + "metadata.max-entries=0");
		assertRefused(prefix + "metadata.max-name-size", "is more than", prefix + "metadata.max-name-size=64KB");
		assertRefused(prefix + "metadata.max-value-size", "is less than", prefix + "metadata.max-value-size=0B");
		assertRefused(prefix + "metadata.max-total-size", "is more than", prefix + "metadata.max-total-size=1MB");
		assertRefused(prefix + "outbound.headers", "is not a legal header name", prefix + "outbound.headers=a b");
		assertRefused(prefix + "outbound.headers", "belongs to the transport", prefix + "outbound.headers=x-a,Host");
		assertRefused(prefix + "outbound.headers", "belongs to the transport", prefix + "outbound.headers=:path");
		assertRefused(prefix + "outbound.headers", "is a credential", prefix + "outbound.headers=Authorization");
		assertRefused(prefix + "outbound.headers", "according to ferrule.context.deadline-headers",
				prefix + "deadline-headers[X-Budget]=connect", prefix + "outbound.headers=x-a,x-budget");
	}

	@Test
	void tracesToFollowAreIds() {
		String id = "5b8efff798038103d269b633813fc60c";
		assertThat(TestProperties.json("ferrule.logging.follow-trace-ids=" + id).<List<String>>read("$.followTraceIds"))
			.containsExactly(id);
		for (String wrong : List.of("1", "0".repeat(32), id.toUpperCase(Locale.ROOT))) {
			assertRefused("ferrule.logging.follow-trace-ids", "is not the id of a trace",
					"ferrule.logging.follow-trace-ids=" + id + "," + wrong);
		}
	}

	@Test
	void defaultWithoutMaximumMayBeAnything() {
		assertThat(TestProperties.json("ferrule.context.default-deadline=2d", "ferrule.context.maximum-deadline=0s")
			.<Integer>read("$.context.defaultDeadlineMillis")).isEqualTo(172_800_000);
	}

	@Test
	void withoutConfigurationDataGoesToTheLog() {
		DocumentContext json = TestProperties.json();
		assertThat(json.<String>read("$.spec.version")).isEqualTo("otel_dataflow/v1");
		assertThat(json.<Map<String, Object>>read(NODES)).containsOnlyKeys("host", "exporter");
		assertThat(json.<String>read(NODES + ".host.type")).isEqualTo("urn:ferrule:receiver:host");
		assertThat(json.<String>read(NODES + ".exporter.type")).isEqualTo("urn:ferrule:exporter:log");
		assertThat(json.<List<Map<String, String>>>read("$.spec.groups.default.pipelines.main.connections"))
			.containsExactly(Map.of("from", "host", "to", "exporter"));
	}

	@Test
	void nodesAreConnectedFromReceiverToExporter() {
		DocumentContext json = TestProperties.json("ferrule.exporter.endpoint=http://localhost:4317",
				"ferrule.batch.enabled=true");
		assertThat(json.<List<Map<String, String>>>read("$.spec.groups.default.pipelines.main.connections"))
			.containsExactly(Map.of("from", "host", "to", "batch"), Map.of("from", "batch", "to", "exporter"));
	}

	@Test
	void remoteExportersRetryUnlessSwitchedOff() {
		String endpoint = "ferrule.exporter.endpoint=http://localhost:4317";
		assertThat(TestProperties.json(endpoint).<Map<String, Object>>read(NODES + ".exporter.config.retry"))
			.isEqualTo(Map.of("enabled", true, "max_attempts", 3, "initial_interval", "100ms", "max_interval", "5000ms",
					"multiplier", 2.0, "max_elapsed_time", "10000ms"));
		assertThat(TestProperties.json(endpoint, "ferrule.exporter.protocol=http", "ferrule.retry.enabled=false")
			.<Boolean>read(NODES + ".exporter.config.retry.enabled")).isFalse();
		assertThat(
				TestProperties.json("ferrule.retry.enabled=true").<Map<String, Object>>read(NODES + ".exporter.config"))
			.isEmpty();
	}

	@Test
	void batchHasPlacesForAllCallsInFlight() {
		DocumentContext json = TestProperties.json("ferrule.batch.enabled=true", "ferrule.batch.max-duration=1s",
				"ferrule.batch.min-size=2KB", "ferrule.batch.max-size=3KB", "ferrule.batch.deadline-margin=20ms",
				"ferrule.batch.partition-by=x-tenant-id,x-region", "ferrule.batch.partition-limit=5",
				"ferrule.engine.max-in-flight=77");
		assertThat(json.<String>read(NODES + ".batch.type")).isEqualTo("urn:ferrule:processor:batch");
		assertThat(json.<Map<String, Object>>read(NODES + ".batch.config")).isEqualTo(
				Map.of("otlp", Map.of("min_size", 2048, "max_size", 3072, "sizer", "bytes"), "max_batch_duration",
						"1000ms", "deadline_margin", "20ms", "partition_by", List.of("x-tenant-id", "x-region"),
						"partition_limit", 5, "inbound_request_limit", 77, "outbound_request_limit", 77));
	}

	@Test
	void severalPipelinesKeepTheirNamesAndSignals() {
		EngineSpecification specification = TestProperties.compose("ferrule.pipelines.spans.signals=traces",
				"ferrule.pipelines.spans.exporter.type=noop", "ferrule.pipelines.rest.retry.enabled=false");
		Map<String, Object> pipelines = JsonPath.read(specification.toJson(), "$.spec.groups.default.pipelines");
		assertThat(pipelines).containsOnlyKeys("spans", "rest");
		assertThat(specification.routes().bySignal())
			.isEqualTo(Map.of(Signal.TRACES, "spans", Signal.METRICS, "rest", Signal.LOGS, "rest"));
		assertThat(specification.origin().property("spans", "exporter")).isEqualTo("ferrule.pipelines.spans.exporter");
		assertThat(specification.origin().property("spans", "host")).isEqualTo("ferrule.pipelines.spans");
		assertThat(specification.origin().property("other", "exporter")).isNull();
	}

	@Test
	void enginesOwnConfigurationIsPassedVerbatim(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("engine.yaml"), "version: otel_dataflow/v1 # kept\n");
		EngineSpecification specification = TestProperties.compose("ferrule.engine.config-location=" + file.toUri());
		assertThat(JsonPath.<String>read(specification.toJson(), "$.specYaml"))
			.isEqualTo("version: otel_dataflow/v1 # kept\n");
		assertThat(JsonPath.<Map<String, Object>>read(specification.toJson(), "$")).doesNotContainKey("spec");
		assertThat(specification.routes().bySignal()).isEmpty();
		assertThat(specification.origin().location()).contains("engine.yaml");
	}

	@Test
	void customizersMayChangeEveryLevel() {
		EngineSpecification specification = EngineSpecification.compose(TestProperties.bind(),
				TestProperties.MUCH_MEMORY, List.of((configuration) -> {
					configuration.put("codecQueueCapacity", 5);
					exporterOf(configuration).put("type", "exporter:noop");
				}));
		assertThat(JsonPath.<Integer>read(specification.toJson(), "$.codecQueueCapacity")).isEqualTo(5);
		assertThat(JsonPath.<String>read(specification.toJson(), NODES + ".exporter.type")).isEqualTo("exporter:noop");
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> exporterOf(Map<String, Object> configuration) {
		Map<String, Object> map = configuration;
		for (String key : List.of("spec", "groups", "default", "pipelines", "main", "nodes", "exporter")) {
			map = (Map<String, Object>) map.get(key);
		}
		return map;
	}

	@Test
	void textDoesNotShowCredentials() {
		assertThat(TestProperties
			.compose("ferrule.exporter.endpoint=http://localhost:4317",
					"ferrule.exporter.headers.authorization=Bearer secret")
			.toString()).doesNotContain("secret");
	}

	@Test
	void missingConfigLocationIsRefused() {
		assertRefused("ferrule.engine.config-location", "cannot be read",
				"ferrule.engine.config-location=file:/does/not/exist.yaml");
	}

	@Test
	void emptyConfigLocationIsRefused(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("engine.yaml"), " \n");
		assertRefused("ferrule.engine.config-location", "is empty", "ferrule.engine.config-location=" + file.toUri());
	}

	@Test
	void mixingConfigurationsIsRefused() {
		assertRefused("ferrule.exporter", "ferrule.pipelines.* configures several",
				"ferrule.pipelines.one.exporter.type=noop", "ferrule.exporter.type=log");
		assertRefused("ferrule.batch", "ferrule.pipelines.* configures several",
				"ferrule.pipelines.one.exporter.type=noop", "ferrule.batch.enabled=false");
		assertRefused("ferrule.engine.config-location", "cannot be combined with ferrule.pipelines.*",
				"ferrule.pipelines.one.exporter.type=noop", "ferrule.engine.config-location=file:/x.yaml");
		assertRefused("ferrule.engine.config-location", "cannot be combined with ferrule.retry.*",
				"ferrule.retry.enabled=false", "ferrule.engine.config-location=file:/x.yaml");
	}

	@Test
	void valuesOutOfRangeAreRefused() {
		assertRefused("ferrule.engine.cores", "is not between", "ferrule.engine.cores=0");
		assertRefused("ferrule.engine.max-in-flight", "is not between", "ferrule.engine.max-in-flight=0");
		assertRefused("ferrule.engine.max-payload-size", "is less than 1B", "ferrule.engine.max-payload-size=0B");
		assertRefused("ferrule.engine.lane-capacity", "is not between", "ferrule.engine.lane-capacity=-1");
		assertRefused("ferrule.engine.grace", "is less than 0ms", "ferrule.engine.grace=-1s");
		assertRefused("ferrule.engine.start-timeout", "is less than 1ms", "ferrule.engine.start-timeout=0s");
		assertRefused("ferrule.engine.drain-timeout", "is less than 0ms", "ferrule.engine.drain-timeout=-1s");
		assertRefused("ferrule.engine.max-decoded-size", "is less than 1B", "ferrule.engine.max-decoded-size=0B");
		assertRefused("ferrule.engine.codec-threads", "is not between", "ferrule.engine.codec-threads=0");
		assertRefused("ferrule.context.default-deadline", "is longer than ferrule.context.maximum-deadline (60s)",
				"ferrule.context.default-deadline=61s");
		assertRefused("ferrule.otlp.http.max-body-size", "is more than", "ferrule.otlp.http.max-body-size=3GB");
		assertRefused("ferrule.otlp.grpc.max-message-size", "is less than 1B", "ferrule.otlp.grpc.max-message-size=0B");
		assertRefused("ferrule.batch.max-size", "is smaller than ferrule.batch.min-size", "ferrule.batch.max-size=1B");
		assertRefused("ferrule.batch.max-duration", "is less than 1ms", "ferrule.batch.max-duration=0s");
		assertRefused("ferrule.batch.deadline-margin", "is less than 0ms", "ferrule.batch.deadline-margin=-1ms");
		assertRefused("ferrule.batch.partition-limit", "is not between 1 and 1000000",
				"ferrule.batch.partition-limit=0");
		assertRefused("ferrule.batch.partition-by", "is not a header name", "ferrule.batch.partition-by=x-a,x b");
		assertRefused("ferrule.retry.multiplier", "is not between 1 and 1000", "ferrule.retry.multiplier=0.9");
		assertRefused("ferrule.retry.max-attempts", "is not between", "ferrule.retry.max-attempts=0");
		assertRefused("ferrule.retry.initial-interval", "is longer than ferrule.retry.max-interval (5s)",
				"ferrule.retry.initial-interval=6s");
		assertRefused("ferrule.pipelines.one.retry.max-elapsed-time", "is less than 1ms",
				"ferrule.pipelines.one.retry.max-elapsed-time=0s");
	}

	private static void assertRefused(String property, String problem, String... pairs) {
		assertThatExceptionOfType(FerruleConfigurationException.class).isThrownBy(() -> TestProperties.compose(pairs))
			.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo(property))
			.satisfies((ex) -> assertThat(ex.getAction()).isNotBlank())
			.withMessageContaining(problem);
	}

}
