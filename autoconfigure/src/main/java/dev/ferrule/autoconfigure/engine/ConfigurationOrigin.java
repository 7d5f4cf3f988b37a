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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Origin of the configuration of the engine: a location, or the properties behind each
 * pipeline.
 *
 * @param location description of the engine's own configuration, or {@code null} if the
 * configuration was composed from properties
 * @param prefixes prefix of the properties behind each composed pipeline, by its name
 */
public record ConfigurationOrigin(@Nullable String location, Map<String, String> prefixes) {

	/**
	 * Returns the properties behind a node.
	 * @param pipeline name of the pipeline
	 * @param node name of the node, or {@code null} for the whole pipeline
	 * @return prefix of properties, or {@code null} if the node was not composed from any
	 */
	public @Nullable String property(String pipeline, @Nullable String node) {
		String prefix = this.prefixes.get(pipeline);
		if (prefix == null || node == null) {
			return prefix;
		}
		return switch (node) {
			case PipelineNodes.BATCH, PipelineNodes.EXPORTER -> prefix + "." + node;
			default -> prefix;
		};
	}

}
