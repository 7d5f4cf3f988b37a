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

package dev.ferrule.sample;

import java.time.Duration;

import dev.ferrule.sample.GatewayProperties.RateLimit;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests of one tenant, and limits them in this process: of several
 * gateways, each takes as many.
 */
final class TenantLimit {

	private final @Nullable Bucket bucket;

	private final Counter admitted;

	private final Counter limited;

	TenantLimit(String tenant, @Nullable RateLimit limit, MeterRegistry meters) {
		this.bucket = (limit != null) ? bucket(limit) : null;
		this.admitted = counter(tenant, "admitted", meters);
		this.limited = counter(tenant, "limited", meters);
	}

	private static Bucket bucket(RateLimit limit) {
		long burst = (limit.burst() != null) ? limit.burst() : limit.requests();
		return Bucket.builder()
			.addLimit((bandwidth) -> bandwidth.capacity(burst).refillGreedy(limit.requests(), limit.period()))
			// The other clock is that of the wall, which may be set back
			.withNanosecondPrecision()
			.build();
	}

	private static Counter counter(String tenant, String outcome, MeterRegistry meters) {
		return Counter.builder("gateway.requests")
			.description("Requests of a tenant, and whether its rate limit let them in")
			.tag("tenant", tenant)
			.tag("outcome", outcome)
			.register(meters);
	}

	/**
	 * Takes a request, or not.
	 * @return zero if the request is taken, or else how long its client is to wait
	 */
	Duration admit() {
		ConsumptionProbe probe = (this.bucket != null) ? this.bucket.tryConsumeAndReturnRemaining(1) : null;
		if (probe == null || probe.isConsumed()) {
			this.admitted.increment();
			return Duration.ZERO;
		}
		this.limited.increment();
		return Duration.ofNanos(probe.getNanosToWaitForRefill());
	}

}
