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

package dev.ferrule.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;

/**
 * Delay after which calls are ended once the context closes, so that their answers still
 * go out.
 */
final class ShutdownDelay {

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final String GRPC_GRACE_PERIOD = "spring.grpc.server.shutdown.grace-period";

	/** Default of Spring for both. */
	private static final Duration DEFAULT = Duration.ofSeconds(30);

	private static final Duration LARGEST_MARGIN = Duration.ofSeconds(2);

	private static final Duration LONGEST = Duration.ofDays(365);

	private ShutdownDelay() {
	}

	/**
	 * Returns the shortest of the time to drain and the times that the servers have, less
	 * a margin for the answers.
	 * @param drainTimeout time that calls in flight have
	 * @param environment holds the times of the servers
	 * @return the delay
	 */
	static Duration of(Duration drainTimeout, Environment environment) {
		Binder binder = Binder.get(environment);
		Duration delay = min(drainTimeout, LONGEST);
		delay = min(delay, withMargin(duration(binder, PHASE_TIMEOUT, ChronoUnit.MILLIS)));
		return min(delay, withMargin(duration(binder, GRPC_GRACE_PERIOD, ChronoUnit.SECONDS)));
	}

	private static Duration duration(Binder binder, String property, ChronoUnit unit) {
		return binder.bind(property, String.class)
			.map((text) -> DurationStyle.detectAndParse(text, unit))
			.orElse(DEFAULT);
	}

	private static Duration withMargin(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero()) {
			// A server that waits for ever, or not at all: no answer to wait for
			return LONGEST;
		}
		return timeout.minus(min(LARGEST_MARGIN, timeout.dividedBy(4)));
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

}
