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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.ferrule.engine.PipelineGraph;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Readable part of the configuration that an engine was started with: names and types of
 * nodes and their connections, and nothing that nodes are configured with.
 *
 * @param name name of the engine, empty if it has none
 * @param cores threads of each pipeline, 0 if that was left to the engine
 * @param pipelines pipelines in their order, empty if the specification is YAML that
 * cannot be read here
 */
record StartConfiguration(String name, int cores, List<PipelineGraph> pipelines) {

	private static final Logger logger = LoggerFactory.getLogger(StartConfiguration.class);

	/**
	 * Reads a configuration that the engine has accepted.
	 * @param json configuration of the engine
	 * @return what is shown of it
	 */
	static StartConfiguration read(String json) {
		Map<String, Object> configuration;
		try {
			configuration = Json.readObject(json);
		}
		catch (IllegalArgumentException ex) {
			logger.debug("The configuration is not shown: {}", ex.getMessage());
			configuration = Map.of();
		}
		return new StartConfiguration((configuration.get("name") instanceof String name) ? name : "",
				(configuration.get("cores") instanceof Number cores) ? cores.intValue() : 0, graphs(configuration));
	}

	private static List<PipelineGraph> graphs(Map<String, Object> configuration) {
		Object spec = (configuration.get("specYaml") instanceof String yaml) ? load(yaml) : configuration.get("spec");
		List<PipelineGraph> graphs = new ArrayList<>();
		map(member(spec, "groups")).forEach((group, content) -> map(member(content, "pipelines"))
			.forEach((name, pipeline) -> graphs.add(new PipelineGraph(String.valueOf(group), String.valueOf(name),
					nodes(pipeline), connections(pipeline)))));
		return List.copyOf(graphs);
	}

	private static @Nullable Object load(String yaml) {
		try {
			return YamlReader.read(yaml);
		}
		catch (NoClassDefFoundError ex) {
			logger.debug("The pipelines are not shown, as there is no SnakeYAML on the class path");
			return null;
		}
	}

	private static List<PipelineGraph.Node> nodes(Object pipeline) {
		List<PipelineGraph.Node> nodes = new ArrayList<>();
		map(member(pipeline, "nodes")).forEach((name, node) -> nodes
			.add(new PipelineGraph.Node(String.valueOf(name), String.valueOf(member(node, "type")))));
		return nodes;
	}

	private static List<PipelineGraph.Connection> connections(Object pipeline) {
		List<PipelineGraph.Connection> connections = new ArrayList<>();
		for (Object connection : list(member(pipeline, "connections"))) {
			for (Object from : list(member(connection, "from"))) {
				for (Object to : list(member(connection, "to"))) {
					connections.add(new PipelineGraph.Connection(String.valueOf(from), String.valueOf(to)));
				}
			}
		}
		return connections;
	}

	private static @Nullable Object member(@Nullable Object object, String key) {
		return map(object).get(key);
	}

	private static Map<?, ?> map(@Nullable Object object) {
		return (object instanceof Map<?, ?> map) ? map : Map.of();
	}

	private static List<?> list(@Nullable Object object) {
		if (object == null) {
			return List.of();
		}
		return (object instanceof List<?> list) ? list : List.of(object);
	}

	// Loaded where there is a reader of YAML
	private static final class YamlReader {

		static @Nullable Object read(String yaml) {
			try {
				return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
			}
			catch (RuntimeException ex) {
				// Not its message, which quotes the text
				logger.debug("The pipelines are not shown, as their YAML cannot be read: {}", ex.getClass().getName());
				return null;
			}
		}

	}

}
