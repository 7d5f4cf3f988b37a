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

package dev.ferrule.autoconfigure.properties;

import java.util.Set;

import dev.ferrule.engine.Signal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One of several pipelines.
 *
 * @param signals Signals that go through this pipeline. One pipeline may leave them out
 * and then takes those that no other pipeline names.
 * @param exporter Exporter of this pipeline.
 * @param batch Batching of this pipeline.
 * @param retry Retry of this pipeline.
 */
public record PipelineProperties(@DefaultValue Set<Signal> signals, @Nullable ExporterProperties exporter,
		@Nullable BatchProperties batch, @Nullable RetryProperties retry) {
}
