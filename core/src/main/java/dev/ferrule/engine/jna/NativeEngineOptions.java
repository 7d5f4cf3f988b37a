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

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.ferrule.engine.Signal;
import dev.ferrule.engine.jna.library.NativeLibraryOptions;
import org.jspecify.annotations.Nullable;

/**
 * Options of the Java side of an engine, besides the engine's own configuration.
 *
 * @param library where the native library comes from
 * @param name prefix of the names of threads
 * @param maximumInFlight calls that the engine lets in, the same number as in the
 * engine's configuration; 1 or more
 * @param defaultDeadline time for calls without deadline, more than zero, or {@code null}
 * for no limit
 * @param maximumDeadline longest time for any call, more than zero, or {@code null} for
 * no limit
 * @param grace time that the engine takes after a deadline to let go of a call, the same
 * as in the engine's configuration; zero or more
 * @param drainTimeout time for calls in flight when the engine stops, zero or more
 * @param executor completes futures
 * @param routes names of the pipelines for the signals; others go to the pipeline called
 * {@code main}, or to the first one
 */
public record NativeEngineOptions(NativeLibraryOptions library, String name, int maximumInFlight,
		@Nullable Duration defaultDeadline, @Nullable Duration maximumDeadline, Duration grace, Duration drainTimeout,
		Executor executor, Map<Signal, String> routes) {

	public NativeEngineOptions {
		if (maximumInFlight < 1) {
			throw new IllegalArgumentException("maximumInFlight must be 1 or more, not " + maximumInFlight);
		}
		requireTime(defaultDeadline, "defaultDeadline", false);
		requireTime(maximumDeadline, "maximumDeadline", false);
		requireTime(grace, "grace", true);
		requireTime(drainTimeout, "drainTimeout", true);
		routes = Map.copyOf(routes);
	}

	/**
	 * Returns the defaults: library from the class path, 10,000 calls, deadlines of 30
	 * and at most 60 seconds, 500 ms grace, 10 seconds to drain, the common pool, no
	 * routes.
	 * @return the options
	 */
	public static NativeEngineOptions defaults() {
		return new NativeEngineOptions(NativeLibraryOptions.defaults(), "ferrule", 10_000, Duration.ofSeconds(30),
				Duration.ofSeconds(60), Duration.ofMillis(500), Duration.ofSeconds(10),
				new CompletableFuture<>().defaultExecutor(), Map.of());
	}

	public NativeEngineOptions withLibrary(NativeLibraryOptions library) {
		return new NativeEngineOptions(library, this.name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, this.drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withName(String name) {
		return new NativeEngineOptions(this.library, name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, this.drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withMaximumInFlight(int maximumInFlight) {
		return new NativeEngineOptions(this.library, this.name, maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, this.drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withDeadlines(@Nullable Duration defaultDeadline, @Nullable Duration maximumDeadline) {
		return new NativeEngineOptions(this.library, this.name, this.maximumInFlight, defaultDeadline, maximumDeadline,
				this.grace, this.drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withGrace(Duration grace) {
		return new NativeEngineOptions(this.library, this.name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, grace, this.drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withDrainTimeout(Duration drainTimeout) {
		return new NativeEngineOptions(this.library, this.name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, drainTimeout, this.executor, this.routes);
	}

	public NativeEngineOptions withExecutor(Executor executor) {
		return new NativeEngineOptions(this.library, this.name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, this.drainTimeout, executor, this.routes);
	}

	public NativeEngineOptions withRoutes(Map<Signal, String> routes) {
		return new NativeEngineOptions(this.library, this.name, this.maximumInFlight, this.defaultDeadline,
				this.maximumDeadline, this.grace, this.drainTimeout, this.executor, routes);
	}

	private static void requireTime(@Nullable Duration time, String name, boolean zeroAllowed) {
		if (time != null && (time.isNegative() || (time.isZero() && !zeroAllowed))) {
			throw new IllegalArgumentException(
					name + " must be " + (zeroAllowed ? "zero or more" : "more than zero") + ", not " + time);
		}
	}

}
