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

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Repetition of what a downstream refused for the moment.
 *
 * @param enabled Whether to retry.
 * @param maxAttempts Attempts in all, the first included.
 * @param initialInterval Wait before the first retry.
 * @param maxInterval Wait that no retry exceeds, unless the server asks for more.
 * @param multiplier Factor by which each wait exceeds the one before, at least 1.
 * @param maxElapsedTime Time after the first attempt after which no retry starts. The
 * deadline of the call may end it earlier.
 */
public record RetryProperties(@DefaultValue("true") boolean enabled, @DefaultValue("3") int maxAttempts,
		@DefaultValue("100ms") Duration initialInterval, @DefaultValue("5s") Duration maxInterval,
		@DefaultValue("2") double multiplier, @DefaultValue("10s") Duration maxElapsedTime) {

	public static RetryProperties defaults() {
		return new RetryProperties(true, 3, Duration.ofMillis(100), Duration.ofSeconds(5), 2, Duration.ofSeconds(10));
	}

	public void validate(String prefix) {
		PropertyCheck check = new PropertyCheck(prefix);
		check.between("max-attempts", this.maxAttempts, 1, 1000);
		check.atLeast("initial-interval", this.initialInterval, Duration.ofMillis(1));
		check.atLeast("max-interval", this.maxInterval, Duration.ofMillis(1));
		check.atLeast("max-elapsed-time", this.maxElapsedTime, Duration.ofMillis(1));
		if (!(this.multiplier >= 1 && this.multiplier <= 1000)) {
			throw check.refuse("multiplier", this.multiplier, "is not between 1 and 1000",
					"Set it to a number from 1, which keeps the wait the same, to 1000.");
		}
		if (this.initialInterval.compareTo(this.maxInterval) > 0) {
			throw check.refuse("initial-interval", this.initialInterval,
					"is longer than " + prefix + ".max-interval (" + PropertyCheck.text(this.maxInterval) + ")",
					"Shorten it, or lengthen " + prefix + ".max-interval.");
		}
	}

}
