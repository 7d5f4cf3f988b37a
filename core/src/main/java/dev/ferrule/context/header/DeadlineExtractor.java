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

package dev.ferrule.context.header;

import java.time.Duration;
import java.util.Objects;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextExtractor;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.HeaderNames;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.RequestCarrier.Transport;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.HttpCodes;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Context extractor of the deadline of a request: the shortest that its headers and its
 * transport name, never more than the maximum; the default if they name none. Time runs
 * from the arrival of the request. Immutable and thread-safe.
 */
public final class DeadlineExtractor implements ContextExtractor {

	private final DeadlineSettings settings;

	private final ContextStatistics statistics;

	/**
	 * Creates an extractor.
	 * @param settings how the deadline is found
	 * @param statistics counts malformed and shortened deadlines
	 */
	public DeadlineExtractor(DeadlineSettings settings, ContextStatistics statistics) {
		this.settings = Objects.requireNonNull(settings, "'settings' must not be null");
		this.statistics = Objects.requireNonNull(statistics, "'statistics' must not be null");
	}

	/**
	 * Finds the deadline.
	 * @param request what came in
	 * @param context takes the deadline, if there is one
	 * @throws TelemetryEngineException if a deadline is malformed and that is not to be
	 * ignored
	 */
	@Override
	public void extract(RequestCarrier request, CallContext.Builder context) {
		Reading reading = read(request);
		Deadline deadline = request.transportDeadline();
		if (reading.header != null) {
			Deadline named = since(request, Duration.ofNanos(reading.nanos));
			deadline = (deadline != null) ? deadline.earlierOf(named) : named;
		}
		Duration maximum = this.settings.maximumTime();
		if (deadline == null) {
			Duration time = (this.settings.defaultTime() != null) ? this.settings.defaultTime() : maximum;
			deadline = (time != null) ? since(request, time) : null;
		}
		else if (maximum != null) {
			Deadline limited = deadline.earlierOf(since(request, maximum));
			if (limited != deadline) {
				this.statistics.clampedDeadline();
			}
			deadline = limited;
		}
		context.deadline(deadline);
	}

	/**
	 * Reads the headers.
	 * @param request what came in
	 * @return the shortest time they name
	 */
	Reading read(RequestCarrier request) {
		Reading reading = new Reading(request.transport());
		request.forEachHeader(reading);
		return reading;
	}

	private static Deadline since(RequestCarrier request, Duration time) {
		return Deadline.since(request.arrivalNanoTime(), time);
	}

	/**
	 * The shortest time that the headers of one request name.
	 */
	final class Reading implements RequestCarrier.HeaderVisitor {

		private final Transport transport;

		private @Nullable String header;

		private @Nullable DeadlineFormat format;

		private long nanos;

		Reading(Transport transport) {
			this.transport = transport;
		}

		@Override
		public void text(String name, String value) {
			String key = HeaderNames.canonical(name);
			DeadlineFormat found = DeadlineExtractor.this.settings.headers().get(key);
			if (found == null) {
				return;
			}
			boolean http = this.transport == Transport.HTTP;
			long time = found.parse(http ? HeaderNames.trim(value) : value);
			if (time == DeadlineFormat.INVALID) {
				invalid(key, found);
			}
			else if (time != DeadlineFormat.NO_DEADLINE && isShorter(time, found)) {
				this.header = key;
				this.format = found;
				this.nanos = time;
			}
		}

		@Override
		public void binary(String name, byte[] value) {
			// No deadline is binary
		}

		private boolean isShorter(long time, DeadlineFormat other) {
			return this.format == null || time < this.nanos || (time == this.nanos && other.compareTo(this.format) < 0);
		}

		private void invalid(String key, DeadlineFormat found) {
			DeadlineExtractor.this.statistics.invalidDeadline();
			// A gRPC server has its own opinion of its own header, which counts
			boolean decided = this.transport == Transport.GRPC && found == DeadlineFormat.GRPC;
			if (DeadlineExtractor.this.settings.strict() && !decided) {
				throw TelemetryEngineException
					.of(Failure.of(ErrorKind.PERMANENT, "The value of the header '" + key + "' is not a valid timeout.")
						.withGrpcCode(GrpcCodes.INVALID_ARGUMENT)
						.withHttpStatus(HttpCodes.BAD_REQUEST));
			}
		}

		@Nullable String header() {
			return this.header;
		}

		long nanos() {
			return this.nanos;
		}

	}

}
