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

package dev.ferrule.observability;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The meters that read an engine, to remove them with it: a registry may outlive the
 * engine, and a later one would find the meters of the first.
 */
final class MeterRegistration {

	private static final String PREFIX = "ferrule.";

	private final List<Registered> meters = new CopyOnWriteArrayList<>();

	/**
	 * Keeps the meters that a registration adds. Those that were there before belong to
	 * another engine.
	 * @param registry where
	 * @param registration registers meters
	 */
	void register(MeterRegistry registry, Runnable registration) {
		Set<Meter> before = Set.copyOf(registry.getMeters());
		registration.run();
		this.meters.addAll(registry.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().startsWith(PREFIX) && !before.contains(meter))
			.map((meter) -> new Registered(registry, meter))
			.toList());
	}

	/**
	 * Removes all meters.
	 */
	void remove() {
		this.meters.forEach((registered) -> registered.registry().remove(registered.meter()));
		this.meters.clear();
	}

	private record Registered(MeterRegistry registry, Meter meter) {

	}

}
