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

import dev.ferrule.engine.Signal;
import dev.ferrule.engine.jna.call.CallSubmitter;

/**
 * Index of the pipelines that take calls: by name and by signal.
 */
final class PipelineIndex {

	private static final String MAIN = "main";

	private final List<String> names;

	private final int[] routes = new int[Signal.values().length];

	/**
	 * Creates the table.
	 * @param names names of the pipelines in the order of their indexes
	 * @param routes names of the pipelines for the signals
	 * @throws IllegalArgumentException if a route names an unknown pipeline
	 */
	PipelineIndex(List<String> names, Map<Signal, String> routes) {
		this.names = List.copyOf(names);
		for (Signal signal : Signal.values()) {
			String name = routes.get(signal);
			this.routes[signal.ordinal()] = (name != null) ? index(name) : defaultIndex();
		}
	}

	List<String> names() {
		return this.names;
	}

	/**
	 * Returns the pipeline of a signal.
	 * @param signal signal of a payload
	 * @return index of the pipeline, or {@link CallSubmitter#NO_PIPELINE}
	 */
	int index(Signal signal) {
		return this.routes[signal.ordinal()];
	}

	/**
	 * Returns the pipeline of a name.
	 * @param name name of a pipeline
	 * @return index of the pipeline
	 * @throws IllegalArgumentException if there is no such pipeline
	 */
	int index(String name) {
		int index = this.names.indexOf(name);
		if (index < 0) {
			throw new IllegalArgumentException("There is no pipeline '" + name + "' that takes calls, "
					+ (this.names.isEmpty() ? "none does" : "those that do are " + String.join(", ", this.names)));
		}
		return index;
	}

	private int defaultIndex() {
		if (this.names.isEmpty()) {
			return CallSubmitter.NO_PIPELINE;
		}
		return Math.max(0, this.names.indexOf(MAIN));
	}

}
