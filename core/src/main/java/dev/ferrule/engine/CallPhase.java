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

/**
 * Phase of a call in flight: how far it has come.
 */
public enum CallPhase {

	/** It waits for the pipeline. */
	QUEUED,

	/** Its payload is decompressed or read as JSON, or waits for that. */
	DECODING,

	/**
	 * It is in the pipeline: waits for a batch or for a free place of the exporter, or is
	 * with a node that is not one of Ferrule's exporters.
	 */
	PIPELINE,

	/** An exporter sends it, or waits to do so again. */
	EXPORT

}
