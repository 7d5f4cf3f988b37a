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

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.PipelineProperties;
import dev.ferrule.engine.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Routes from signals to pipelines.
 *
 * @param bySignal name of a pipeline for every signal; empty if the engine's first
 * pipeline takes everything
 */
public record PipelineRoutes(Map<Signal, String> bySignal) {

	// Environment variables cannot carry other characters to the name of a map entry.
	private static final Pattern NAME = Pattern.compile("[a-z0-9]+");

	static final PipelineRoutes NONE = new PipelineRoutes(Map.of());

	static PipelineRoutes to(String pipeline) {
		Map<Signal, String> routes = new EnumMap<>(Signal.class);
		for (Signal signal : Signal.values()) {
			routes.put(signal, pipeline);
		}
		return new PipelineRoutes(Collections.unmodifiableMap(routes));
	}

	static PipelineRoutes of(Map<String, PipelineProperties> pipelines) {
		Map<Signal, String> routes = new EnumMap<>(Signal.class);
		String rest = null;
		for (Map.Entry<String, PipelineProperties> entry : pipelines.entrySet()) {
			String name = entry.getKey();
			validateName(name);
			Set<Signal> signals = entry.getValue().signals();
			if (signals.isEmpty()) {
				rest = claimRest(rest, name);
			}
			for (Signal signal : signals) {
				String other = routes.put(signal, name);
				if (other != null) {
					throw new FerruleConfigurationException(signals(name), names(signals),
							"claims " + names(EnumSet.of(signal)) + ", which " + signals(other) + " claims too",
							"Leave each signal to one pipeline.");
				}
			}
		}
		cover(routes, rest, pipelines);
		return new PipelineRoutes(Collections.unmodifiableMap(routes));
	}

	private static void validateName(String name) {
		if (!NAME.matcher(name).matches()) {
			throw new FerruleConfigurationException("ferrule.pipelines." + name, null,
					"has a name with characters other than lower-case letters and digits",
					"Rename the pipeline, for example to '" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "")
							+ "'.");
		}
	}

	private static String claimRest(@Nullable String rest, String name) {
		if (rest != null) {
			throw new FerruleConfigurationException(signals(name), null,
					"is missing, and " + signals(rest) + " is missing too",
					"Only one pipeline can take the signals that no other names: set the signals of the others.");
		}
		return name;
	}

	private static void cover(Map<Signal, String> routes, @Nullable String rest,
			Map<String, PipelineProperties> pipelines) {
		Set<Signal> open = EnumSet.allOf(Signal.class);
		open.removeAll(routes.keySet());
		if (open.isEmpty() && rest != null) {
			throw new FerruleConfigurationException(signals(rest), null,
					"is missing, but the other pipelines take all signals", "Remove the pipeline, or give it signals.");
		}
		if (!open.isEmpty() && rest == null) {
			throw new FerruleConfigurationException("ferrule.pipelines", String.join(",", pipelines.keySet()),
					"leaves " + names(open) + " without a pipeline",
					"Add them to the signals of a pipeline, or remove the signals of one pipeline so that it takes"
							+ " the rest.");
		}
		if (rest != null) {
			for (Signal signal : open) {
				routes.put(signal, rest);
			}
		}
	}

	private static String signals(String name) {
		return "ferrule.pipelines." + name + ".signals";
	}

	private static String names(Set<Signal> signals) {
		return signals.stream().sorted().map(ExporterNode::name).collect(Collectors.joining(","));
	}

}
