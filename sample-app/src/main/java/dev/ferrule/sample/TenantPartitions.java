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

package dev.ferrule.sample;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.ferrule.engine.EngineConfigCustomizer;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Sees to it that no batch holds data of two tenants, whatever {@code ferrule.batch} and
 * {@code ferrule.pipelines} say. In the engine's own YAML the tenant header has to be
 * named in {@code partition_by} by hand.
 */
@Component
final class TenantPartitions implements EngineConfigCustomizer {

	private static final String PARTITION_BY = "partition_by";

	private final GatewayProperties gateway;

	TenantPartitions(GatewayProperties gateway) {
		this.gateway = gateway;
	}

	@Override
	public void customize(Map<String, Object> configuration) {
		if (!this.gateway.isOpen()) {
			visit(configuration.get("spec"));
		}
	}

	private void visit(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			if ("urn:ferrule:processor:batch".equals(map.get("type"))
					&& map.get("config") instanceof Map<?, ?> config) {
				partition(config);
			}
			map.values().forEach(this::visit);
		}
	}

	@SuppressWarnings("unchecked")
	private void partition(Map<?, ?> config) {
		Set<Object> headers = new LinkedHashSet<>();
		headers.add(this.gateway.tenantHeader());
		if (config.get(PARTITION_BY) instanceof List<?> others) {
			headers.addAll(others);
		}
		((Map<String, Object>) config).put(PARTITION_BY, List.copyOf(headers));
	}

}
