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

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.ferrule.Internal;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Status of the engine, read from its JSON. Counts are since the start of the engine.
 *
 * @param version version of the native library, empty if unknown
 * @param ready whether all pipelines run
 * @param stopping whether the engine stops
 * @param failure why the engine ended by itself, {@code null} if it did not
 * @param memoryPressure whether the engine refuses calls because memory is short
 * @param maxInFlight calls that may be in flight
 * @param openBatches merged batches that have no outcome yet
 * @param payloadBytes payload that calls in flight hold, in bytes
 * @param maxPayloadBytes payload that they may hold, in bytes
 * @param late answers that came after the outcome of their call
 * @param lingering calls whose data was held for half a second after their outcome
 * @param degraded calls whose attributes could not be read
 * @param droppedHeaders values of headers that could not be passed on
 * @param droppedDetails parts of answers of downstreams that could not be passed on
 * @param droppedLogLines log lines that came too fast
 * @param pipelines pipelines that take calls
 */
@Internal
public record EngineStatus(String version, boolean ready, boolean stopping, @Nullable String failure,
		boolean memoryPressure, long maxInFlight, long openBatches, long payloadBytes, long maxPayloadBytes, long late,
		long lingering, long degraded, long droppedHeaders, long droppedDetails, long droppedLogLines,
		List<Pipeline> pipelines) {

	public EngineStatus {
		pipelines = List.copyOf(pipelines);
	}

	/**
	 * Reads a status.
	 * @param json what {@link EngineInspector#status()} returns
	 * @return the status; what is missing is 0, {@code false} or empty
	 * @throws IllegalArgumentException if the text is no JSON object
	 */
	public static EngineStatus parse(String json) {
		Map<String, Object> status = Json.readObject(json);
		return new EngineStatus((status.get("version") instanceof String version) ? version : "", flag(status, "ready"),
				flag(status, "stopping"), (status.get("failure") instanceof String failure) ? failure : null,
				flag(status, "memoryPressure"), number(status, "maxInFlight"), number(status, "openBatches"),
				number(status, "payloadBytes"), number(status, "maxPayloadBytes"), number(status, "late"),
				number(status, "lingering"), number(status, "degraded"), number(status, "droppedHeaders"),
				number(status, "droppedDetails"), number(status, "droppedLogLines"),
				Json.objects(status, "pipelines").stream().map(Pipeline::of).toList());
	}

	/**
	 * Returns whether a pipeline does not run.
	 * @return {@code true} between the end of a pipeline and its next start, if any
	 */
	public boolean lacksPipeline() {
		return !this.ready || this.pipelines.stream().anyMatch((pipeline) -> pipeline.threads() == 0);
	}

	/**
	 * Finds a pipeline of the configuration.
	 * @param group name of its group
	 * @param name name in the group
	 * @return the pipeline, or {@code null} if it takes no calls
	 */
	public @Nullable Pipeline pipeline(String group, String name) {
		// The engine puts the group in front where the name alone is ambiguous
		return find(group + "/" + name).or(() -> find(name)).orElse(null);
	}

	/**
	 * Finds a pipeline by the name that the engine gave it.
	 * @param name name as {@code TelemetryEngine.pipeline} takes it
	 * @return the pipeline, empty if it takes no calls
	 */
	public Optional<Pipeline> find(String name) {
		return this.pipelines.stream().filter((pipeline) -> name.equals(pipeline.name())).findFirst();
	}

	private static boolean flag(Map<?, ?> object, String key) {
		return Boolean.TRUE.equals(object.get(key));
	}

	private static long number(Map<?, ?> object, String key) {
		return (object.get(key) instanceof Number number) ? number.longValue() : 0;
	}

	/**
	 * A pipeline that takes calls.
	 *
	 * @param name name as {@code TelemetryEngine.pipeline} takes it
	 * @param threads threads that take calls now
	 * @param starts starts of its threads since the engine started
	 * @param queued calls that wait in front of it
	 */
	public record Pipeline(String name, long threads, long starts, long queued) {

		private static Pipeline of(Map<?, ?> pipeline) {
			return new Pipeline(String.valueOf(pipeline.get("name")), number(pipeline, "instances"),
					number(pipeline, "starts"), number(pipeline, "queued"));
		}

		/**
		 * Returns how often a thread ended and is, or will be, replaced.
		 * @return restarts
		 */
		public long restarts() {
			return Math.max(0, this.starts - this.threads);
		}

	}

}
