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
import java.util.LinkedHashMap;
import java.util.Map;

import dev.ferrule.context.HeaderNames;
import org.jspecify.annotations.Nullable;

/**
 * Settings by which the deadline of a request is found. Immutable.
 *
 * @param defaultTime time of a request that brings no deadline, or {@code null} if it has
 * none
 * @param maximumTime time that no request exceeds, or {@code null} if there is no limit
 * @param strict whether a malformed deadline refuses the request instead of being counted
 * and ignored
 * @param headers formats by header name; names in lower case
 */
public record DeadlineSettings(@Nullable Duration defaultTime, @Nullable Duration maximumTime, boolean strict,
		Map<String, DeadlineFormat> headers) {

	private static final Map<String, DeadlineFormat> DEFAULT_HEADERS = defaultHeaders();

	/**
	 * Validates and copies.
	 * @throws IllegalArgumentException if a time is not positive, the default is longer
	 * than the maximum or a name is no legal header name
	 */
	public DeadlineSettings {
		requirePositive(defaultTime);
		requirePositive(maximumTime);
		if (defaultTime != null && maximumTime != null && defaultTime.compareTo(maximumTime) > 0) {
			throw new IllegalArgumentException(
					"The default of " + defaultTime + " is longer than the maximum of " + maximumTime);
		}
		Map<String, DeadlineFormat> copy = new LinkedHashMap<>();
		headers.forEach((name, format) -> copy.put(HeaderNames.requireLegal(name), format));
		headers = Map.copyOf(copy);
	}

	/**
	 * Returns the headers that are read unless configured otherwise.
	 * @return an unmodifiable map: {@code grpc-timeout}, {@code connect-timeout-ms},
	 * {@code x-envoy-expected-rq-timeout-ms} and {@code x-request-timeout}
	 */
	public static Map<String, DeadlineFormat> standardHeaders() {
		return DEFAULT_HEADERS;
	}

	private static Map<String, DeadlineFormat> defaultHeaders() {
		return Map.of("grpc-timeout", DeadlineFormat.GRPC, "connect-timeout-ms", DeadlineFormat.CONNECT,
				"x-envoy-expected-rq-timeout-ms", DeadlineFormat.ENVOY, "x-request-timeout", DeadlineFormat.DURATION);
	}

	private static void requirePositive(@Nullable Duration time) {
		if (time != null && (time.isNegative() || time.isZero())) {
			throw new IllegalArgumentException("A call needs time, not " + time);
		}
	}

}
