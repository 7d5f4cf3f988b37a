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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.ferrule.autoconfigure.engine.EngineStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Failure analyzer for an engine that did not start: names the node, and the properties
 * behind that node.
 */
class EngineStartFailureAnalyzer extends AbstractFailureAnalyzer<EngineStartException> {

	private static final Pattern GROUP = Pattern
		.compile("pipeline_group(?:_id)?[=:] ?(?:Some\\(\\\\?\")?([A-Za-z0-9_.-]+)");

	private static final Pattern PIPELINE = Pattern
		.compile("pipeline(?:_id)?[=:] ?(?:Some\\(\\\\?\")?([A-Za-z0-9_.-]+)");

	private static final Pattern NODE = Pattern
		.compile("(?:node|source_node)[=:] ?(?:\\\\?\")?([A-Za-z0-9_./-]*[A-Za-z0-9_])");

	private static final Pattern RUNNING = Pattern.compile("failed for ([A-Za-z0-9_.-]+):([A-Za-z0-9_.-]+) core=");

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EngineStartException cause) {
		String message = String.valueOf(cause.getRefusal().getMessage());
		Matcher running = RUNNING.matcher(message);
		boolean ran = running.find();
		String group = ran ? running.group(1) : find(GROUP, message);
		String pipeline = ran ? running.group(2) : find(PIPELINE, message);
		String node = find(NODE, message);
		StringBuilder description = new StringBuilder("The telemetry engine did not start:\n\n    ").append(message)
			.append('\n');
		line(description, "Group", group);
		line(description, "Pipeline", pipeline);
		line(description, "Node", node);
		return new FailureAnalysis(description.toString(), action(cause, message, pipeline, node), cause);
	}

	private static String action(EngineStartException cause, String message, @Nullable String pipeline,
			@Nullable String node) {
		if (message.contains("not ready within") || message.contains("did not start within")) {
			return "Look at the log for what keeps the engine from getting ready. If it only needs longer, raise"
					+ " ferrule.engine.start-timeout.";
		}
		if (message.contains("core allocation") || message.contains("cores is")) {
			return "Lower ferrule.engine.cores to the number of cores that the process may use.";
		}
		String location = cause.getOrigin().location();
		if (location != null) {
			return "Correct " + ((node != null) ? "node '" + node + "'" : "the configuration") + " in " + location
					+ ", which ferrule.engine.config-location names.";
		}
		String property = (pipeline != null) ? cause.getOrigin().property(pipeline, node) : null;
		if (property != null) {
			return "Correct the properties under '" + property + "', or the EngineConfigCustomizer that changed it.";
		}
		return "Correct the properties under 'ferrule', or the EngineConfigCustomizer that changed them.";
	}

	private static void line(StringBuilder description, String name, @Nullable String value) {
		if (value != null) {
			description.append("\n    ").append(name).append(": ").append(value);
		}
	}

	private static @Nullable String find(Pattern pattern, String message) {
		Matcher matcher = pattern.matcher(message);
		return matcher.find() ? matcher.group(1) : null;
	}

}
