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

package dev.ferrule.otlp.http;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import dev.ferrule.engine.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Options of OTLP over HTTP: what it accepts.
 *
 * @param signals signals that are served; the paths of others are unknown
 * @param maxBodyBytes size of a request body, before decompression, 1 to 2^31-9
 * @param lenientJson whether JSON may deviate from the specification as other receivers
 * allow it
 * @param handleUnknownPaths whether the servlet takes all requests that no other exact
 * mapping takes and answers unknown paths in the manner of OTLP
 * @param defaultDeadline time that a request has that brings no context of its own, or
 * {@code null} for no limit
 * @param arrival limits of bodies that are still arriving
 */
public record OtlpHttpOptions(Set<Signal> signals, int maxBodyBytes, boolean lenientJson, boolean handleUnknownPaths,
		@Nullable Duration defaultDeadline, Arrival arrival) {

	/** Largest size of a body: arrays and buffers hold no more. */
	public static final int LARGEST_BODY = Integer.MAX_VALUE - 8;

	public OtlpHttpOptions {
		if (maxBodyBytes < 1 || maxBodyBytes > LARGEST_BODY) {
			throw new IllegalArgumentException("maxBodyBytes must be 1 to " + LARGEST_BODY + ", not " + maxBodyBytes);
		}
		signals = Set.copyOf(signals);
	}

	/**
	 * All signals, bodies of up to 64 MiB, strict JSON, a deadline of 30 seconds, unknown
	 * paths left to the application, and bodies that together hold up to 128 MiB while
	 * they arrive with at least 1 KiB a second over 5 seconds.
	 * @return the defaults
	 */
	public static OtlpHttpOptions defaults() {
		return new OtlpHttpOptions(EnumSet.allOf(Signal.class), 64 * 1024 * 1024, false, false, Duration.ofSeconds(30),
				new Arrival(128L * 1024 * 1024, 1024, Duration.ofSeconds(5)));
	}

	public OtlpHttpOptions withSignals(Set<Signal> signals) {
		return new OtlpHttpOptions(signals, this.maxBodyBytes, this.lenientJson, this.handleUnknownPaths,
				this.defaultDeadline, this.arrival);
	}

	public OtlpHttpOptions withMaxBodyBytes(int maxBodyBytes) {
		return new OtlpHttpOptions(this.signals, maxBodyBytes, this.lenientJson, this.handleUnknownPaths,
				this.defaultDeadline, this.arrival);
	}

	public OtlpHttpOptions withLenientJson(boolean lenientJson) {
		return new OtlpHttpOptions(this.signals, this.maxBodyBytes, lenientJson, this.handleUnknownPaths,
				this.defaultDeadline, this.arrival);
	}

	public OtlpHttpOptions withHandleUnknownPaths(boolean handleUnknownPaths) {
		return new OtlpHttpOptions(this.signals, this.maxBodyBytes, this.lenientJson, handleUnknownPaths,
				this.defaultDeadline, this.arrival);
	}

	public OtlpHttpOptions withDefaultDeadline(@Nullable Duration defaultDeadline) {
		return new OtlpHttpOptions(this.signals, this.maxBodyBytes, this.lenientJson, this.handleUnknownPaths,
				defaultDeadline, this.arrival);
	}

	public OtlpHttpOptions withArrival(Arrival arrival) {
		return new OtlpHttpOptions(this.signals, this.maxBodyBytes, this.lenientJson, this.handleUnknownPaths,
				this.defaultDeadline, arrival);
	}

	/**
	 * Limits of bodies that are still arriving.
	 *
	 * @param maxBytes bytes that they may hold together, 1 or more; larger than three
	 * quarters of it no body can be
	 * @param minBytesPerSecond rate that a body must have, 0 for none
	 * @param measured time over which the rate is measured, again and again, positive
	 */
	public record Arrival(long maxBytes, long minBytesPerSecond, Duration measured) {

		public Arrival {
			if (maxBytes < 1) {
				throw new IllegalArgumentException("maxBytes must be 1 or more, not " + maxBytes);
			}
			if (minBytesPerSecond < 0) {
				throw new IllegalArgumentException("minBytesPerSecond must not be negative: " + minBytesPerSecond);
			}
			if (measured.isNegative() || measured.isZero()) {
				throw new IllegalArgumentException("measured must be positive, not " + measured);
			}
		}

	}

}
