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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.autoconfigure.properties.EngineProperties;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.engine.EngineConfigCustomizer;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.Resource;

/**
 * Specification that the engine is started with, composed from the properties. Holds
 * credentials, so it is never printed.
 */
public final class EngineSpecification {

	static final String SINGLE_PIPELINE = "main";

	private static final Logger nativeLogger = LoggerFactory.getLogger("dev.ferrule.native");

	private final Map<String, Object> configuration;

	private final PipelineRoutes routes;

	private final ConfigurationOrigin origin;

	private EngineSpecification(Map<String, Object> configuration, PipelineRoutes routes, ConfigurationOrigin origin) {
		this.configuration = configuration;
		this.routes = routes;
		this.origin = origin;
	}

	/**
	 * Composes the configuration.
	 * @param properties all properties
	 * @param memory memory at hand
	 * @param customizers hooks that may change the result, in order
	 * @return the specification
	 * @throws FerruleConfigurationException if a property cannot be used
	 */
	public static EngineSpecification compose(FerruleProperties properties, MemoryBudget memory,
			Iterable<EngineConfigCustomizer> customizers) {
		properties.engine().validate();
		properties.context().validate();
		properties.otlp().validate();
		properties.logging().validate();
		Map<String, Object> configuration = limits(properties, memory);
		Resource location = properties.engine().configLocation();
		PipelineRoutes routes;
		ConfigurationOrigin origin;
		refuseMixing(properties);
		if (location != null) {
			configuration.put("specYaml", read(location));
			routes = PipelineRoutes.NONE;
			origin = new ConfigurationOrigin(location.getDescription(), Map.of());
		}
		else if (!properties.pipelines().isEmpty()) {
			routes = PipelineRoutes.of(properties.pipelines());
			Map<String, Object> pipelines = new LinkedHashMap<>();
			Map<String, String> prefixes = new LinkedHashMap<>();
			properties.pipelines().forEach((name, pipeline) -> {
				String prefix = "ferrule.pipelines." + name;
				prefixes.put(name, prefix);
				pipelines.put(name, new PipelineNodes(prefix, properties.engine(), pipeline.exporter(),
						pipeline.batch(), pipeline.retry())
					.toMap());
			});
			configuration.put("spec", spec(pipelines));
			origin = new ConfigurationOrigin(null, prefixes);
		}
		else {
			PipelineNodes nodes = new PipelineNodes(FerruleProperties.PREFIX, properties.engine(),
					properties.exporter(), properties.batch(), properties.retry());
			configuration.put("spec", spec(modifiable(SINGLE_PIPELINE, nodes.toMap())));
			routes = PipelineRoutes.to(SINGLE_PIPELINE);
			origin = new ConfigurationOrigin(null, Map.of(SINGLE_PIPELINE, FerruleProperties.PREFIX));
		}
		customizers.forEach((customizer) -> customizer.customize(configuration));
		return new EngineSpecification(configuration, routes, origin);
	}

	/**
	 * Adds certificates and keys, which no customizer sees.
	 * @param bundles content by name of the bundle
	 * @return the specification with them
	 */
	public EngineSpecification withTlsBundles(Map<String, Object> bundles) {
		Map<String, Object> configuration = new LinkedHashMap<>(this.configuration);
		configuration.put("tlsBundles", bundles);
		return new EngineSpecification(configuration, this.routes, this.origin);
	}

	/**
	 * Returns the start configuration as the engine reads it.
	 * @return text that may hold credentials
	 */
	public String toJson() {
		return Json.write(this.configuration);
	}

	public PipelineRoutes routes() {
		return this.routes;
	}

	public ConfigurationOrigin origin() {
		return this.origin;
	}

	private static void refuseMixing(FerruleProperties properties) {
		List<String> flat = new ArrayList<>();
		addIfPresent(flat, "ferrule.exporter", properties.exporter());
		addIfPresent(flat, "ferrule.batch", properties.batch());
		addIfPresent(flat, "ferrule.retry", properties.retry());
		boolean pipelines = !properties.pipelines().isEmpty();
		if (properties.engine().configLocation() != null && (pipelines || !flat.isEmpty())) {
			String other = pipelines ? "ferrule.pipelines" : flat.get(0);
			throw new FerruleConfigurationException("ferrule.engine.config-location",
					properties.engine().configLocation().getDescription(), "cannot be combined with " + other + ".*",
					"Keep either the engine's own configuration or the properties under " + other + ".");
		}
		if (pipelines && !flat.isEmpty()) {
			throw new FerruleConfigurationException(flat.get(0), null,
					"configures the only pipeline, but ferrule.pipelines.* configures several",
					"Move its keys under ferrule.pipelines.<name>, or remove ferrule.pipelines.");
		}
	}

	private static void addIfPresent(List<String> names, String name, @Nullable Object value) {
		if (value != null) {
			names.add(name);
		}
	}

	private static Map<String, Object> limits(FerruleProperties properties, MemoryBudget memory) {
		EngineProperties engine = properties.engine();
		Map<String, Object> limits = new LinkedHashMap<>();
		limits.put("name", FerruleProperties.PREFIX);
		limits.put("cores", engine.cores());
		limits.put("maxInFlight", engine.maxInFlight());
		limits.put("maxPayloadBytes", memory.payloadBytes(engine.maxPayloadSize()));
		limits.put("laneCapacity", engine.laneCapacity());
		limits.put("maxDecodedBytes", engine.decodedBytes(properties.otlp()));
		limits.put("startTimeoutMillis", engine.startTimeout().toMillis());
		limits.put("codecThreads", engine.codecThreads());
		limits.put("context", properties.context().toMap());
		limits.put("followTraceIds", properties.logging().followTraceIds());
		// A normal start is not worth a line unless somebody looks into the engine
		if (nativeLogger.isDebugEnabled()) {
			limits.put("logLevel", nativeLogger.isTraceEnabled() ? "trace" : "debug");
		}
		return limits;
	}

	private static Map<String, Object> spec(Map<String, Object> pipelines) {
		Map<String, Object> spec = new LinkedHashMap<>();
		spec.put("version", "otel_dataflow/v1");
		spec.put("groups", modifiable("default", modifiable("pipelines", pipelines)));
		return spec;
	}

	private static Map<String, Object> modifiable(String key, Object value) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put(key, value);
		return map;
	}

	private static String read(Resource location) {
		try {
			if (location.isFile() && location.getFile().isDirectory()) {
				throw unusable(location, "is a directory", null);
			}
			String yaml = location.getContentAsString(StandardCharsets.UTF_8);
			if (yaml.isBlank()) {
				throw unusable(location, "is empty", null);
			}
			return yaml;
		}
		catch (IOException | UncheckedIOException ex) {
			throw unusable(location, "cannot be read: " + ex.getMessage(), ex);
		}
	}

	private static FerruleConfigurationException unusable(Resource location, String problem,
			@Nullable Exception cause) {
		FerruleConfigurationException exception = new FerruleConfigurationException("ferrule.engine.config-location",
				location.getDescription(), problem,
				"Point it to a readable file of the engine's configuration: file:/path/to/engine.yaml for a file,"
						+ " classpath:engine.yaml for a resource of the application.");
		if (cause != null) {
			exception.initCause(cause);
		}
		return exception;
	}

}
