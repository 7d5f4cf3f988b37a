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

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.autoconfigure.properties.BatchProperties;
import dev.ferrule.autoconfigure.properties.EngineProperties;
import dev.ferrule.autoconfigure.properties.ExporterProperties;
import dev.ferrule.autoconfigure.properties.RetryProperties;
import org.jspecify.annotations.Nullable;

/**
 * Composition of the nodes of a pipeline and their connections from its properties.
 */
final class PipelineNodes {

	static final String RECEIVER = "host";

	static final String BATCH = "batch";

	static final String EXPORTER = "exporter";

	private final Map<String, Object> nodes = new LinkedHashMap<>();

	/**
	 * Creates the nodes of one pipeline.
	 * @param prefix prefix of the properties, without a trailing dot
	 * @param engine limits that nodes must keep up with
	 * @param exporter exporter, or {@code null} for the log
	 * @param batch batching, or {@code null} for none
	 * @param retry retry, or {@code null} for the defaults
	 */
	PipelineNodes(String prefix, EngineProperties engine, @Nullable ExporterProperties exporter,
			@Nullable BatchProperties batch, @Nullable RetryProperties retry) {
		RetryProperties retries = (retry != null) ? retry : RetryProperties.defaults();
		ExporterNode exporterNode = new ExporterNode(prefix + ".exporter",
				(exporter != null) ? exporter : ExporterProperties.log(), retries);
		this.nodes.put(RECEIVER, node("urn:ferrule:receiver:host", new LinkedHashMap<>()));
		if (batch != null) {
			batch.validate(prefix + ".batch");
			if (batch.enabled()) {
				this.nodes.put(BATCH, node("urn:ferrule:processor:batch", batch(batch, engine)));
			}
		}
		retries.validate(prefix + ".retry");
		this.nodes.put(EXPORTER, exporterNode.toMap());
	}

	Map<String, Object> toMap() {
		List<Map<String, Object>> connections = new ArrayList<>();
		Iterator<String> names = this.nodes.keySet().iterator();
		String from = names.next();
		while (names.hasNext()) {
			String to = names.next();
			Map<String, Object> connection = new LinkedHashMap<>();
			connection.put("from", from);
			connection.put("to", to);
			connections.add(connection);
			from = to;
		}
		Map<String, Object> pipeline = new LinkedHashMap<>();
		pipeline.put("nodes", this.nodes);
		pipeline.put("connections", connections);
		return pipeline;
	}

	private static Map<String, Object> batch(BatchProperties batch, EngineProperties engine) {
		Map<String, Object> sizes = new LinkedHashMap<>();
		sizes.put("min_size", batch.minSize().toBytes());
		if (batch.maxSize() != null) {
			sizes.put("max_size", batch.maxSize().toBytes());
		}
		sizes.put("sizer", "bytes");
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("otlp", sizes);
		config.put("max_batch_duration", batch.maxDuration().toMillis() + "ms");
		config.put("deadline_margin", batch.deadlineMargin().toMillis() + "ms");
		config.put("partition_by", batch.partitionBy());
		config.put("partition_limit", batch.partitionLimit());
		// Fewer places than calls in flight would hold up calls that were admitted.
		config.put("inbound_request_limit", engine.maxInFlight());
		config.put("outbound_request_limit", engine.maxInFlight());
		return config;
	}

	private static Map<String, Object> node(String type, Map<String, Object> config) {
		Map<String, Object> node = new LinkedHashMap<>();
		node.put("type", type);
		node.put("config", config);
		return node;
	}

}
