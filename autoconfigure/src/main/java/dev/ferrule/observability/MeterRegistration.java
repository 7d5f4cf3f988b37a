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
import java.util.function.Function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The meters that read an engine, to remove them with it: a registry may outlive the
 * engine, and a later one would find the meters of the first.
 */
final class MeterRegistration {

	private final List<Registered> meters = new CopyOnWriteArrayList<>();

	/**
	 * Begins to register meters. Those that are there by now belong to another engine or
	 * to the application.
	 * @param registry where
	 * @return registers and keeps meters
	 */
	Registrar in(MeterRegistry registry) {
		return new Registrar(registry, Set.copyOf(registry.getMeters()));
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

	/**
	 * Registers meters in a registry and keeps those that it did not have.
	 */
	final class Registrar {

		private final MeterRegistry registry;

		private final Set<Meter> others;

		private Registrar(MeterRegistry registry, Set<Meter> others) {
			this.registry = registry;
			this.others = others;
		}

		/**
		 * Registers a meter.
		 * @param registration {@code register} of the meter's builder. What it returns
		 * has the name and tags that filters gave it, by which alone it can be removed,
		 * and may be a meter of somebody else
		 */
		void add(Function<MeterRegistry, ? extends Meter> registration) {
			Meter meter = registration.apply(this.registry);
			if (!this.others.contains(meter)) {
				MeterRegistration.this.meters.add(new Registered(this.registry, meter));
			}
		}

	}

}
