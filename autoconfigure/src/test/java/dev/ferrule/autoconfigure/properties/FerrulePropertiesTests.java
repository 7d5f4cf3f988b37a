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

package dev.ferrule.autoconfigure.properties;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.ferrule.autoconfigure.properties.ContextProperties.DeadlineHeader;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Compression;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Protocol;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Type;
import dev.ferrule.context.header.DeadlineSettings;
import dev.ferrule.context.header.MetadataSettings;
import dev.ferrule.engine.Signal;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FerruleProperties}.
 */
class FerrulePropertiesTests {

	@Test
	void defaultsWithoutAnyKey() {
		FerruleProperties properties = TestProperties.bind();
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.nativeLibrary()).isEqualTo(new NativeProperties(null, null));
		assertThat(properties.engine()).isEqualTo(new EngineProperties(1, 10_000, null, 1024, Duration.ofMillis(500),
				Duration.ofSeconds(10), Duration.ofSeconds(10), null, 1, null, false));
		ContextProperties context = properties.context();
		assertThat(context.defaultTime()).isEqualTo(Duration.ofSeconds(30));
		assertThat(context.maximumTime()).isEqualTo(Duration.ofSeconds(60));
		assertThat(context.strictDeadlineHeaders()).isFalse();
		assertThat(context.deadlineHeaders()).isEmpty();
		assertThat(context.deadlineSettings().headers()).isEqualTo(DeadlineSettings.standardHeaders());
		assertThat(context.metadata().settings()).isEqualTo(MetadataSettings.standard(false));
		assertThat(context.outbound()).isEqualTo(new ContextProperties.Outbound(List.of(), false));
		assertThat(properties.exporter()).isNull();
		assertThat(properties.batch()).isNull();
		assertThat(properties.retry()).isNull();
		assertThat(properties.pipelines()).isEmpty();
		assertThat(properties.otlp().http().enabled()).isFalse();
		assertThat(properties.otlp().http().maxBodySize()).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(properties.otlp().http().jsonLenient()).isFalse();
		assertThat(properties.otlp().http().unknownPaths()).isFalse();
		assertThat(properties.otlp().http().signals()).containsExactlyInAnyOrder(Signal.values());
		assertThat(properties.otlp().grpc().enabled()).isFalse();
		assertThat(properties.otlp().grpc().maxMessageSize()).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(properties.otlp().grpc().signals()).containsExactlyInAnyOrder(Signal.values());
	}

	@Test
	void bindsEngineKeys() {
		EngineProperties engine = TestProperties
			.bind("ferrule.engine.cores=2", "ferrule.engine.max-in-flight=5", "ferrule.engine.max-payload-size=1GB",
					"ferrule.engine.lane-capacity=6", "ferrule.engine.grace=1s", "ferrule.engine.start-timeout=2s",
					"ferrule.engine.drain-timeout=3s", "ferrule.engine.max-decoded-size=4MB",
					"ferrule.engine.codec-threads=7", "ferrule.engine.config-location=classpath:engine.yaml",
					"ferrule.engine.validate-only=true")
			.engine();
		assertThat(engine.cores()).isEqualTo(2);
		assertThat(engine.maxInFlight()).isEqualTo(5);
		assertThat(engine.maxPayloadSize()).isEqualTo(DataSize.ofGigabytes(1));
		assertThat(engine.laneCapacity()).isEqualTo(6);
		assertThat(engine.grace()).isEqualTo(Duration.ofSeconds(1));
		assertThat(engine.startTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(engine.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(engine.maxDecodedSize()).isEqualTo(DataSize.ofMegabytes(4));
		assertThat(engine.codecThreads()).isEqualTo(7);
		assertThat(engine.validateOnly()).isTrue();
		assertThat(engine.configLocation()).hasToString("class path resource [engine.yaml]");
	}

	@Test
	void bindsSwitchNativeAndContextKeys() {
		FerruleProperties properties = TestProperties.bind("ferrule.enabled=false", "ferrule.native.path=/lib/x.so",
				"ferrule.native.cache-directory=/var/cache/x", "ferrule.context.default-deadline=1s",
				"ferrule.context.maximum-deadline=2s");
		assertThat(properties.enabled()).isFalse();
		assertThat(properties.nativeLibrary())
			.isEqualTo(new NativeProperties(Path.of("/lib/x.so"), Path.of("/var/cache/x")));
		assertThat(properties.context().defaultTime()).isEqualTo(Duration.ofSeconds(1));
		assertThat(properties.context().maximumTime()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void bindsContextKeys() {
		ContextProperties context = TestProperties
			.bind("ferrule.context.default-deadline=0", "ferrule.context.maximum-deadline=0s",
					"ferrule.context.strict-deadline-headers=true", "ferrule.context.deadline-headers.x-a=duration",
					"ferrule.context.deadline-headers.x-b=off", "ferrule.context.metadata.capture=true",
					"ferrule.context.metadata.max-entries=1", "ferrule.context.metadata.max-name-size=2B",
					"ferrule.context.metadata.max-value-size=3B", "ferrule.context.metadata.max-total-size=4B",
					"ferrule.context.outbound.headers=x-a,x-b", "ferrule.context.outbound.allow-credentials=true")
			.context();
		assertThat(context.defaultTime()).isNull();
		assertThat(context.maximumTime()).isNull();
		assertThat(context.strictDeadlineHeaders()).isTrue();
		assertThat(context.deadlineHeaders())
			.isEqualTo(Map.of("x-a", DeadlineHeader.DURATION, "x-b", DeadlineHeader.OFF));
		assertThat(context.metadata().settings()).isEqualTo(new MetadataSettings(true, 1, 2, 3, 4));
		assertThat(context.outbound()).isEqualTo(new ContextProperties.Outbound(List.of("x-a", "x-b"), true));
	}

	@Test
	void bindsCancellationKeys() {
		assertThat(TestProperties.bind().cancellation().tomcat().enabled()).isNull();
		assertThat(TestProperties.bind().cancellation().jetty().enabled()).isFalse();
		CancellationProperties cancellation = TestProperties
			.bind("ferrule.cancellation.tomcat.enabled=false", "ferrule.cancellation.jetty.enabled=true")
			.cancellation();
		assertThat(cancellation.tomcat().enabled()).isFalse();
		assertThat(cancellation.jetty().enabled()).isTrue();
	}

	@Test
	void bindsLoggingKeys() {
		assertThat(TestProperties.bind().logging().followTraceIds()).isEmpty();
		assertThat(TestProperties.bind("ferrule.logging.follow-trace-ids=a,b").logging().followTraceIds())
			.containsExactly("a", "b");
	}

	@Test
	void bindsErrorKeys() {
		assertThat(TestProperties.bind().errors().web().enabled()).isTrue();
		assertThat(TestProperties.bind().errors().grpc().enabled()).isTrue();
		ErrorsProperties errors = TestProperties
			.bind("ferrule.errors.web.enabled=false", "ferrule.errors.grpc.enabled=false")
			.errors();
		assertThat(errors.web().enabled()).isFalse();
		assertThat(errors.grpc().enabled()).isFalse();
	}

	@Test
	void bindsExporterBatchAndRetryKeys() {
		FerruleProperties properties = TestProperties.bind("ferrule.exporter.type=otlp-http",
				"ferrule.exporter.endpoint=http://localhost:4318", "ferrule.exporter.protocol=http",
				"ferrule.exporter.compression=zstd", "ferrule.exporter.headers.x-scope-orgid=tenant",
				"ferrule.exporter.timeout=3s", "ferrule.exporter.max-in-flight=4", "ferrule.exporter.connections=5",
				"ferrule.batch.enabled=true", "ferrule.batch.max-duration=1s", "ferrule.batch.min-size=1MB",
				"ferrule.batch.max-size=2MB", "ferrule.batch.deadline-margin=5ms",
				"ferrule.batch.partition-by=x-tenant-id", "ferrule.batch.partition-limit=7",
				"ferrule.retry.enabled=false", "ferrule.retry.max-attempts=5", "ferrule.retry.initial-interval=1s",
				"ferrule.retry.max-interval=2s", "ferrule.retry.multiplier=3.5", "ferrule.retry.max-elapsed-time=4s");
		ExporterProperties exporter = properties.exporter();
		assertThat(exporter).isNotNull();
		assertThat(exporter.type()).isEqualTo(Type.OTLP_HTTP);
		assertThat(exporter.endpoint()).isEqualTo("http://localhost:4318");
		assertThat(exporter.protocol()).isEqualTo(Protocol.HTTP);
		assertThat(exporter.compression()).isEqualTo(Compression.ZSTD);
		assertThat(exporter.headers()).containsEntry("x-scope-orgid", "tenant");
		assertThat(exporter.timeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(exporter.maxInFlight()).isEqualTo(4);
		assertThat(exporter.connections()).isEqualTo(5);
		assertThat(properties.batch()).isEqualTo(new BatchProperties(true, Duration.ofSeconds(1),
				DataSize.ofMegabytes(1), DataSize.ofMegabytes(2), Duration.ofMillis(5), List.of("x-tenant-id"), 7));
		assertThat(properties.retry()).isEqualTo(new RetryProperties(false, 5, Duration.ofSeconds(1),
				Duration.ofSeconds(2), 3.5, Duration.ofSeconds(4)));
	}

	@Test
	void exporterDefaultsAreThoseOfTheLogExporter() {
		ExporterProperties exporter = TestProperties.bind("ferrule.exporter.type=log").exporter();
		assertThat(exporter).isEqualTo(ExporterProperties.log());
	}

	@Test
	void retryDefaultsAreThoseOfAnAbsentSection() {
		RetryProperties retry = TestProperties.bind("ferrule.retry.enabled=true").retry();
		assertThat(retry).isEqualTo(RetryProperties.defaults());
	}

	@Test
	void bindsPipelines() {
		FerruleProperties properties = TestProperties.bind("ferrule.pipelines.one.signals=traces,logs",
				"ferrule.pipelines.one.exporter.endpoint=http://localhost:4317",
				"ferrule.pipelines.one.batch.enabled=true", "ferrule.pipelines.one.retry.enabled=false",
				"ferrule.pipelines.two.exporter.type=noop");
		assertThat(properties.pipelines()).containsOnlyKeys("one", "two");
		assertThat(properties.pipelines().get("one").signals()).containsExactlyInAnyOrder(Signal.TRACES, Signal.LOGS);
		assertThat(properties.pipelines().get("two").signals()).isEmpty();
	}

	@Test
	void bindsOtlpKeys() {
		OtlpProperties otlp = TestProperties
			.bind("ferrule.otlp.http.enabled=true", "ferrule.otlp.http.max-body-size=1MB",
					"ferrule.otlp.http.max-unfinished-body-size=3MB", "ferrule.otlp.http.min-body-rate=2KB",
					"ferrule.otlp.http.body-rate-window=7s", "ferrule.otlp.http.json-lenient=true",
					"ferrule.otlp.http.signals=traces", "ferrule.otlp.http.unknown-paths=true",
					"ferrule.otlp.grpc.enabled=true", "ferrule.otlp.grpc.max-message-size=2MB",
					"ferrule.otlp.grpc.signals=logs,metrics")
			.otlp();
		assertThat(otlp.http().enabled()).isTrue();
		assertThat(otlp.http().maxBodySize()).isEqualTo(DataSize.ofMegabytes(1));
		assertThat(otlp.http().maxUnfinishedBodySize()).isEqualTo(DataSize.ofMegabytes(3));
		assertThat(otlp.http().minBodyRate()).isEqualTo(DataSize.ofKilobytes(2));
		assertThat(otlp.http().bodyRateWindow()).isEqualTo(Duration.ofSeconds(7));
		assertThat(otlp.http().jsonLenient()).isTrue();
		assertThat(otlp.http().signals()).containsExactly(Signal.TRACES);
		assertThat(otlp.http().unknownPaths()).isTrue();
		assertThat(otlp.grpc().enabled()).isTrue();
		assertThat(otlp.grpc().maxMessageSize()).isEqualTo(DataSize.ofMegabytes(2));
		assertThat(otlp.grpc().signals()).containsExactlyInAnyOrder(Signal.LOGS, Signal.METRICS);
	}

	@Test
	void textOfExporterLeavesOutHeaderValues() {
		assertThat(TestProperties.bind("ferrule.exporter.headers.authorization=Bearer secret").toString())
			.contains("authorization")
			.doesNotContain("secret");
	}

}
