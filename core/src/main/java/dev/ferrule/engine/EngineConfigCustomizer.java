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

import java.util.Map;

/**
 * Callback that changes what the engine is started with; a bean of this type is called
 * once, before the start, in the order of the beans.
 */
@FunctionalInterface
public interface EngineConfigCustomizer {

	/**
	 * Changes the start configuration.
	 * @param configuration the configuration: {@code spec}, the engine's specification as
	 * nested maps and lists, or {@code specYaml}, its own YAML as text, beside the
	 * limits; all levels that hold nodes can be modified. May hold credentials.
	 */
	void customize(Map<String, Object> configuration);

}
