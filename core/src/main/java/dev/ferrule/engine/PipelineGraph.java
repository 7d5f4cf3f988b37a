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

package dev.ferrule.engine;

import java.util.List;

/**
 * The graph of a pipeline as it is configured: its nodes and their connections, without
 * what the nodes are configured with.
 *
 * @param group name of the group
 * @param name name of the pipeline in the group
 * @param nodes nodes in the order of the configuration
 * @param connections connections in the order of the configuration
 */
public record PipelineGraph(String group, String name, List<Node> nodes, List<Connection> connections) {

	private static final String HOST_RECEIVER = "urn:ferrule:receiver:host";

	public PipelineGraph {
		nodes = List.copyOf(nodes);
		connections = List.copyOf(connections);
	}

	/**
	 * Returns whether calls can be submitted to the pipeline.
	 * @return whether it has a receiver for them
	 */
	public boolean takesCalls() {
		return this.nodes.stream().anyMatch((node) -> HOST_RECEIVER.equals(node.type()));
	}

	/**
	 * A node.
	 *
	 * @param name name in the pipeline
	 * @param type type as it is configured
	 */
	public record Node(String name, String type) {
	}

	/**
	 * A connection between two nodes.
	 *
	 * @param from name of the node that sends, with the output if it has several
	 * @param to name of the node that receives
	 */
	public record Connection(String from, String to) {
	}

}
