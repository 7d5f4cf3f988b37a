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
 * Immutable; {@code NativeEngineOptions.builder().build()} has all defaults.
 */
public final class NativeEngineOptions {

	private final NativeLibraryOptions library;

	private final String name;

	private final int maximumInFlight;

	private final @Nullable Duration defaultDeadline;

	private final @Nullable Duration maximumDeadline;

	private final Duration grace;

	private final Duration drainTimeout;

	private final Executor executor;

	private final Map<Signal, String> routes;

	private NativeEngineOptions(Builder builder) {
		this.library = builder.library;
		this.name = builder.name;
		this.maximumInFlight = builder.maximumInFlight;
		this.defaultDeadline = builder.defaultDeadline;
		this.maximumDeadline = builder.maximumDeadline;
		this.grace = builder.grace;
		this.drainTimeout = builder.drainTimeout;
		this.executor = builder.executor;
		this.routes = builder.routes;
	}

	/**
	 * Returns a builder with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	NativeLibraryOptions library() {
		return this.library;
	}

	String name() {
		return this.name;
	}

	int maximumInFlight() {
		return this.maximumInFlight;
	}

	@Nullable Duration defaultDeadline() {
		return this.defaultDeadline;
	}

	@Nullable Duration maximumDeadline() {
		return this.maximumDeadline;
	}

	Duration grace() {
		return this.grace;
	}

	Duration drainTimeout() {
		return this.drainTimeout;
	}

	Executor executor() {
		return this.executor;
	}

	Map<Signal, String> routes() {
		return this.routes;
	}

	/**
	 * Builder of {@link NativeEngineOptions}. Not safe for use by several threads.
	 */
	public static final class Builder {

		private NativeLibraryOptions library = NativeLibraryOptions.defaults();

		private String name = "ferrule";

		private int maximumInFlight = 10_000;

		private @Nullable Duration defaultDeadline = Duration.ofSeconds(30);

		private @Nullable Duration maximumDeadline = Duration.ofSeconds(60);

		private Duration grace = Duration.ofMillis(500);

		private Duration drainTimeout = Duration.ofSeconds(10);

		private Executor executor = new CompletableFuture<>().defaultExecutor();

		private Map<Signal, String> routes = Map.of();

		private Builder() {
		}

		/**
		 * Sets where the native library comes from. Default: the class path.
		 * @param library place of the library
		 * @return this builder
		 */
		public Builder library(NativeLibraryOptions library) {
			this.library = library;
			return this;
		}

		/**
		 * Sets the prefix of the names of the engine's threads. Default: {@code ferrule}.
		 * @param name prefix, without the hyphen that follows it
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * Sets how many calls the engine lets in, the same number as in the engine's
		 * configuration. Default: 10,000.
		 * @param maximumInFlight calls, 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Builder maximumInFlight(int maximumInFlight) {
			if (maximumInFlight < 1) {
				throw new IllegalArgumentException("maximumInFlight must be 1 or more, not " + maximumInFlight);
			}
			this.maximumInFlight = maximumInFlight;
			return this;
		}

		/**
		 * Sets the time for calls that have no deadline. Default: 30 seconds.
		 * @param defaultDeadline time of any unit, more than zero, or {@code null} for no
		 * limit
		 * @return this builder
		 * @throws IllegalArgumentException if the time is zero or negative
		 */
		public Builder defaultDeadline(@Nullable Duration defaultDeadline) {
			this.defaultDeadline = requireTime(defaultDeadline, "defaultDeadline");
			return this;
		}

		/**
		 * Sets the longest time for any call. Default: 60 seconds.
		 * @param maximumDeadline time of any unit, more than zero, or {@code null} for no
		 * limit
		 * @return this builder
		 * @throws IllegalArgumentException if the time is zero or negative
		 */
		public Builder maximumDeadline(@Nullable Duration maximumDeadline) {
			this.maximumDeadline = requireTime(maximumDeadline, "maximumDeadline");
			return this;
		}

		/**
		 * Sets the time after a deadline within which the engine ends the call, the same
		 * as in the engine's configuration. Default: 500 milliseconds.
		 * @param grace time of any unit, zero or more
		 * @return this builder
		 * @throws IllegalArgumentException if the time is negative
		 */
		public Builder grace(Duration grace) {
			this.grace = requireNotNegative(grace, "grace");
			return this;
		}

		/**
		 * Sets the time that calls in flight have when the engine stops. Default: 10
		 * seconds.
		 * @param drainTimeout time of any unit, zero or more
		 * @return this builder
		 * @throws IllegalArgumentException if the time is negative
		 */
		public Builder drainTimeout(Duration drainTimeout) {
			this.drainTimeout = requireNotNegative(drainTimeout, "drainTimeout");
			return this;
		}

		/**
		 * Sets what completes the futures of calls. Default: the executor of
		 * {@link CompletableFuture#defaultExecutor()}.
		 * @param executor runs a short task for each call
		 * @return this builder
		 */
		public Builder executor(Executor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Sets the pipelines that take the signals. Signals without an entry go to the
		 * pipeline called {@code main}, or to the first one. Default: no entries.
		 * @param routes names of pipelines by signal
		 * @return this builder
		 */
		public Builder routes(Map<Signal, String> routes) {
			this.routes = Map.copyOf(routes);
			return this;
		}

		/**
		 * Builds the options.
		 * @return immutable options
		 */
		public NativeEngineOptions build() {
			return new NativeEngineOptions(this);
		}

		private static @Nullable Duration requireTime(@Nullable Duration time, String name) {
			if (time != null && (time.isNegative() || time.isZero())) {
				throw new IllegalArgumentException(name + " must be more than zero, not " + time);
			}
			return time;
		}

		private static Duration requireNotNegative(Duration time, String name) {
			if (time.isNegative()) {
				throw new IllegalArgumentException(name + " must be zero or more, not " + time);
			}
			return time;
		}

	}

}
