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

package dev.ferrule.otlp;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A server that the vectors run against.
 */
public interface VectorTarget {

	/**
	 * Lets the pipeline end calls in a certain way from now on.
	 * @param outcome {@code pipelineOutcome} as in the cases for HTTP, with an optional
	 * {@code text} of the error, or {@code null} for success
	 * @return whether this target can do so
	 */
	boolean outcome(@Nullable JsonNode outcome);

	/**
	 * Returns whether the target decodes messages.
	 * @return whether wrong protobuf is found out
	 */
	boolean decodes();

	/**
	 * Checks that a request left nothing behind.
	 */
	void verifyNothingLeft();

}
