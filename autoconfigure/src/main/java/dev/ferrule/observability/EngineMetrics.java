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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import dev.ferrule.engine.EngineInspector;
import dev.ferrule.json.Json;
import dev.ferrule.observability.MeterRegistration.Registrar;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Meter binder for the metrics of the engine and its nodes, below {@code ferrule.engine},
 * with the tags {@code pipeline} and {@code node}, and those that the engine enumerates,
 * such as {@code signal}. Series are looked for whenever a meter is read, so new ones are
 * there with the next but one reading; a bound on their number keeps out what grows
 * without end.
 */
public final class EngineMetrics implements MeterBinder, AutoCloseable {

	private static final int MAXIMUM_SERIES = 2_000;

	private final CachedReading<Map<String, Object>> snapshot;

	private final int maximumSeries;

	private final Map<List<Object>, MetricSeries> series = new ConcurrentHashMap<>();

	/** Keys of tags by name of the meter, because registries want them to be the same. */
	private final Map<String, Set<String>> tagKeys = new ConcurrentHashMap<>();

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final MeterRegistration meters = new MeterRegistration();

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable Map<String, Object> seen;

	private volatile double dropped;

	/**
	 * Creates the meters.
	 * @param engine the engine
	 */
	public EngineMetrics(EngineInspector engine) {
		this(engine, System::nanoTime, MAXIMUM_SERIES);
	}

	EngineMetrics(EngineInspector engine, LongSupplier ticker, int maximumSeries) {
		this.snapshot = new CachedReading<>(() -> Json.readObject(engine.metrics()), ticker);
		this.maximumSeries = maximumSeries;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.lock.lock();
		try {
			this.registries.add(registry);
			bind(this.meters.in(registry));
		}
		finally {
			this.lock.unlock();
		}
		refresh();
	}

	/**
	 * Removes the meters from their registries.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.registries.clear();
			this.meters.remove();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void bind(Registrar meters) {
		this.series.values().forEach((series) -> series.register(meters, this::refresh));
		meters.add(Gauge.builder("ferrule.engine.series", this, (metrics) -> metrics.refreshed().series.size())
			.description("Series of the engine that have a meter")
			.baseUnit("series")::register);
		meters.add(
				FunctionCounter.builder("ferrule.engine.series.dropped", this, (metrics) -> metrics.refreshed().dropped)
					.description(
							"Series of the engine that have no meter, because there are too many or their tags differ")
					.baseUnit("series")::register);
	}

	private EngineMetrics refreshed() {
		refresh();
		return this;
	}

	private void refresh() {
		@Nullable Map<String, Object> current = this.snapshot.get();
		if (current == null || current == this.seen || !this.lock.tryLock()) {
			return;
		}
		try {
			if (current != this.seen) {
				this.seen = current;
				update(current);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void update(Map<String, Object> current) {
		List<Map<?, ?>> metrics = Json.objects(current, "metrics");
		Map<String, Set<String>> found = new HashMap<>();
		for (Map<?, ?> metric : metrics) {
			found.computeIfAbsent(MetricSeries.nameOf(metric), (name) -> new TreeSet<>())
				.addAll(MetricSeries.tagsOf(metric).keySet());
		}
		found.forEach(this.tagKeys::putIfAbsent);
		double left = (current.get("dropped") instanceof Number number) ? number.doubleValue() : Double.NaN;
		List<MetricSeries> added = new ArrayList<>();
		for (Map<?, ?> metric : metrics) {
			if (!take(metric, added)) {
				left++;
			}
		}
		if (!added.isEmpty()) {
			this.registries.forEach((registry) -> {
				Registrar meters = this.meters.in(registry);
				added.forEach((series) -> series.register(meters, this::refresh));
			});
		}
		this.dropped = Math.max(this.dropped, left);
	}

	private boolean take(Map<?, ?> metric, List<MetricSeries> added) {
		String name = MetricSeries.nameOf(metric);
		Map<String, String> tags = MetricSeries.tagsOf(metric);
		List<Object> key = List.of(name, tags);
		MetricSeries known = this.series.get(key);
		if (known != null) {
			known.update(metric);
			return true;
		}
		Set<String> keys = this.tagKeys.getOrDefault(name, Set.of());
		if (this.series.size() >= this.maximumSeries || !keys.containsAll(tags.keySet())) {
			return false;
		}
		MetricSeries series = MetricSeries.of(metric, keys);
		series.update(metric);
		this.series.put(key, series);
		added.add(series);
		return true;
	}

}
