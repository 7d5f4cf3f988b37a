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

package dev.ferrule.engine.jna;

import java.util.List;
import java.util.Map;

import dev.ferrule.engine.PipelineGraph;
import dev.ferrule.engine.PipelineGraph.Connection;
import dev.ferrule.engine.PipelineGraph.Node;
import dev.ferrule.json.Json;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartConfiguration}.
 */
class StartConfigurationTests {

	@Test
	void pipelineHasItsNodesWithoutTheirConfiguration() {
		StartConfiguration configuration = StartConfiguration.read("""
				{"name":"ferrule","cores":1,"tlsBundles":{"ca":{"caPem":"secret"}},"spec":{"groups":{"default":{
				"pipelines":{"main":{"nodes":{"host":{"type":"urn:ferrule:receiver:host"},
				"exporter":{"type":"urn:ferrule:exporter:otlp_grpc","config":{
				"endpoint":"http://127.0.0.1:4317","headers":{"authorization":"Bearer secret"}}}},
				"connections":[{"from":"host","to":"exporter"}]}}}}}}
				""");
		assertThat(configuration.name()).isEqualTo("ferrule");
		assertThat(configuration.cores()).isOne();
		List<PipelineGraph> graphs = configuration.pipelines();
		assertThat(graphs).hasSize(1);
		assertThat(graphs.get(0).group()).isEqualTo("default");
		assertThat(graphs.get(0).name()).isEqualTo("main");
		assertThat(graphs.get(0).nodes()).extracting(Node::name).containsExactly("host", "exporter");
		assertThat(graphs.get(0).connections()).containsExactly(new Connection("host", "exporter"));
		assertThat(configuration).asString().doesNotContain("secret", "4317");
	}

	@Test
	void connectionsOfYamlMayFanInAndOut() {
		List<PipelineGraph> graphs = yaml("""
				groups:
				  edge:
				    pipelines:
				      main:
				        nodes:
				          a: {type: 'urn:ferrule:receiver:host', config: {password: secret}}
				          b: {type: 'urn:ferrule:receiver:host'}
				          c: {type: 'exporter:noop'}
				        connections:
				          - {from: [a, 'b["out"]'], to: [c]}
				""");
		assertThat(graphs).containsExactly(new PipelineGraph("edge", "main",
				List.of(new Node("a", "urn:ferrule:receiver:host"), new Node("b", "urn:ferrule:receiver:host"),
						new Node("c", "exporter:noop")),
				List.of(new Connection("a", "c"), new Connection("b[\"out\"]", "c"))));
	}

	@Test
	void whatCannotBeReadIsLeftOut() {
		assertThat(yaml("groups: [")).isEmpty();
		assertThat(yaml("groups: 1")).isEmpty();
		assertThat(yaml("a: !!java.net.URL ['http://127.0.0.1']")).isEmpty();
		assertThat(StartConfiguration.read("{}").pipelines()).isEmpty();
		assertThat(StartConfiguration.read("no JSON").pipelines()).isEmpty();
	}

	private static List<PipelineGraph> yaml(String yaml) {
		return StartConfiguration.read(Json.write(Map.of("specYaml", yaml))).pipelines();
	}

}
