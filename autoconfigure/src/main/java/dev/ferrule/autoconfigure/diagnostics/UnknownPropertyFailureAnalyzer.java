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

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.PipelineProperties;
import dev.ferrule.autoconfigure.properties.PropertyNames;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains keys under {@code ferrule} that do not exist or have no value. Before the
 * analyzer of Spring Boot, which prints the values: those of misspelt headers can be
 * credentials.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final Pattern PIPELINE = Pattern.compile("(ferrule\\.pipelines\\.[^.]+)\\.");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unknown = cause.getUnboundProperties()
			.stream()
			.filter((property) -> property.getName().toString().startsWith(FerruleProperties.PREFIX + "."))
			.toList();
		if (unknown.isEmpty()) {
			return null;
		}
		StringBuilder description = new StringBuilder("There is no such property, or it has no value:\n");
		StringBuilder action = new StringBuilder();
		for (ConfigurationProperty property : unknown) {
			String name = property.getName().toString();
			description.append("\n    Property: ").append(name);
			if (property.getOrigin() != null) {
				description.append("\n    Origin: ").append(property.getOrigin());
			}
			action.append(action(name, known(name))).append(' ');
		}
		return new FailureAnalysis(description.toString(), action.toString().trim(), cause);
	}

	private static Set<String> known(String name) {
		Matcher pipeline = PIPELINE.matcher(name);
		return pipeline.lookingAt() ? PropertyNames.of(pipeline.group(1), PipelineProperties.class)
				: PropertyNames.of(FerruleProperties.PREFIX, FerruleProperties.class);
	}

	private static String action(String name, Set<String> known) {
		if (known.contains(name)) {
			// An empty text that converts to nothing counts as not bound
			return "Give '" + name + "' a value, or remove it.";
		}
		String similar = PropertyNames.closest(name, known);
		return (similar != null) ? "Rename '" + name + "' to '" + similar + "', if that is what it means."
				: "Remove '" + name + "'.";
	}

}
