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

package dev.ferrule.autoconfigure.diagnostics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.autoconfigure.engine.ConfigurationOrigin;
import dev.ferrule.autoconfigure.engine.EngineStartException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the failure analyzers.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzersTests {

	@Test
	void badPropertyIsExplainedWithItsOrigin(CapturedOutput output) {
		run("--ferrule.engine.cores=0");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property 'ferrule.engine.cores' with value '0' is not between 1 and 1024.")
			.contains("Origin: \"ferrule.engine.cores\" from property source \"commandLineArgs\"")
			.contains("Set it to a whole number from 1 to 1024.");
	}

	@Test
	void unreadableConfigLocationIsExplained(CapturedOutput output) {
		run("--ferrule.engine.config-location=file:/does/not/exist.yaml");
		assertThat(output).contains("Property 'ferrule.engine.config-location'")
			.contains("/does/not/exist.yaml")
			.contains("cannot be read")
			.contains("file:/path/to/engine.yaml for a file");
	}

	@Test
	void unknownKeyIsExplainedWithTheOneItMayMean(CapturedOutput output) {
		run("--ferrule.exporter.endpiont=http://localhost:4317", "--ferrule.native.pat=x");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: ferrule.exporter.endpiont")
			.contains("Origin: \"ferrule.exporter.endpiont\" from property source \"commandLineArgs\"")
			.contains("Rename 'ferrule.exporter.endpiont' to 'ferrule.exporter.endpoint'")
			.contains("Rename 'ferrule.native.pat' to 'ferrule.native.path'");
	}

	@Test
	void keyWithoutAValueIsExplained(CapturedOutput output) {
		run("--ferrule.engine.config-location=");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: ferrule.engine.config-location")
			.contains("Give 'ferrule.engine.config-location' a value, or remove it.")
			.doesNotContain("Rename");
	}

	@Test
	void unknownKeyIsExplainedWithoutItsValue(CapturedOutput output) {
		run("--ferrule.exporter.header.authorization=Bearer secret");
		assertThat(output).contains("Remove 'ferrule.exporter.header.authorization'").doesNotContain("secret");
	}

	@Test
	void wrongValueIsExplainedWithTheAllowedOnes(CapturedOutput output) {
		run("--ferrule.exporter.type=kafka");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("ferrule.exporter.type")
			.contains("kafka")
			.contains("OTLP_GRPC");
	}

	@Test
	void missingLibraryIsExplained(CapturedOutput output) {
		run("--ferrule.native.path=/does/not/exist.so");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("/does/not/exist.so")
			.contains("ferrule.native.path");
	}

	@Test
	void refusedNodeIsExplainedWithTheProperties() {
		FailureAnalysis analysis = analyze(
				new ConfigurationOrigin(null, Map.of("main", "ferrule", "spans", "ferrule.pipelines.spans")),
				"Invalid config for component `urn:otel:exporter:otlp_grpc` in pipeline_group=default pipeline=spans"
						+ " node=exporter: An invalid user configuration occurred: invalid grpc_endpoint");
		assertThat(analysis.getDescription()).contains("invalid grpc_endpoint")
			.contains("Group: default")
			.contains("Pipeline: spans")
			.contains("Node: exporter");
		assertThat(analysis.getAction()).contains("'ferrule.pipelines.spans.exporter'");
	}

	@Test
	void refusedConfigurationOfTheEngineIsExplainedWithItsLocation() {
		FailureAnalysis analysis = analyze(new ConfigurationOrigin("file [/etc/engine.yaml]", Map.of()),
				"YAML deserialization error: unknown field `bogus` at line 2 column 1");
		assertThat(analysis.getDescription()).contains("line 2 column 1").doesNotContain("Node:");
		assertThat(analysis.getAction()).contains("file [/etc/engine.yaml]").contains("ferrule.engine.config-location");
	}

	@Test
	void refusedConnectionIsExplainedWithItsNode() {
		FailureAnalysis analysis = analyze(new ConfigurationOrigin("file [/etc/engine.yaml]", Map.of()),
				"Invalid configuration: [InvalidHyperEdgeSpec { context: Context { pipeline_group_id: Some(\"g\"),"
						+ " pipeline_id: Some(\"main\") }, source_node: \"rx\", missing_source: false }]");
		assertThat(analysis.getDescription()).contains("Group: g").contains("Pipeline: main").contains("Node: rx");
		assertThat(analysis.getAction()).contains("node 'rx'");
	}

	@Test
	void pipelineThatFailsWhenItRunsIsExplained() {
		FailureAnalysis analysis = analyze(new ConfigurationOrigin(null, Map.of("spans", "ferrule.pipelines.spans")),
				"runtime recovery failed for default:spans core=1 generation=0 after 5 restart attempt(s)");
		assertThat(analysis.getDescription()).contains("Group: default").contains("Pipeline: spans");
		assertThat(analysis.getAction()).contains("'ferrule.pipelines.spans'");
	}

	@Test
	void engineThatDoesNotGetReadyIsExplained() {
		FailureAnalysis analysis = analyze(new ConfigurationOrigin(null, Map.of("main", "ferrule")),
				"not ready within 10s: pipelines default/main");
		assertThat(analysis.getAction()).contains("ferrule.engine.start-timeout");
	}

	@Test
	void tooManyCoresAreExplained() {
		FailureAnalysis analysis = analyze(new ConfigurationOrigin(null, Map.of("main", "ferrule")),
				"start configuration: cores is 100, but this process may use 2");
		assertThat(analysis.getAction()).contains("ferrule.engine.cores");
	}

	private static FailureAnalysis analyze(ConfigurationOrigin origin, String message) {
		TelemetryEngineException refusal = TelemetryEngineException.of(Failure.of(ErrorKind.CONFIGURATION, message));
		FailureAnalysis analysis = new EngineStartFailureAnalyzer()
			.analyze(new IllegalStateException(new EngineStartException(origin, refusal)));
		assertThat(analysis).isNotNull();
		return analysis;
	}

	private static void run(String... arguments) {
		SpringApplication application = new SpringApplication(FerruleAutoConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		List<String> all = new ArrayList<>(Arrays.asList(arguments));
		if (all.stream().noneMatch((argument) -> argument.startsWith("--ferrule.native.path"))) {
			// Whatever else is wrong: no test of this class gets as far as loading a
			// library.
			all.add("--ferrule.native.path=/not/reached.so");
		}
		assertThatException().isThrownBy(() -> application.run(all.toArray(String[]::new)));
	}

}
