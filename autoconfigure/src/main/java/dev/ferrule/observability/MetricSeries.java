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

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.ferrule.observability.MeterRegistration.Registrar;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * One series of a metric of the engine and its last values, which its meters read.
 */
final class MetricSeries {

	private static final String PREFIX = "ferrule.engine.";

	private static final Map<String, TimeUnit> TIMES = Map.of("ns", TimeUnit.NANOSECONDS, "us", TimeUnit.MICROSECONDS,
			"ms", TimeUnit.MILLISECONDS, "s", TimeUnit.SECONDS);

	private static final Map<String, String> UNITS = Map.of("By", "bytes", "%", "percent", "ns", "nanoseconds", "us",
			"microseconds", "ms", "milliseconds", "s", "seconds");

	private final String name;

	private final Tags tags;

	private final String kind;

	private final String unit;

	private final String description;

	private volatile double value;

	private volatile double sum;

	private MetricSeries(String name, Tags tags, String kind, String unit, String description) {
		this.name = name;
		this.tags = tags;
		this.kind = kind;
		this.unit = unit;
		this.description = description;
	}

	/**
	 * Creates the series of a metric.
	 * @param metric metric of the engine
	 * @param keys keys of the tags that all series of the name have
	 * @return a series without values
	 */
	static MetricSeries of(Map<?, ?> metric, Set<String> keys) {
		Map<String, String> tags = tagsOf(metric);
		return new MetricSeries(nameOf(metric),
				Tags.of(keys.stream().map((key) -> Tag.of(key, tags.getOrDefault(key, KeyValue.NONE_VALUE))).toList()),
				text(metric, "kind"), text(metric, "unit"), text(metric, "description"));
	}

	/**
	 * Returns the name of a metric's meter.
	 * @param metric metric of the engine
	 * @return the name
	 */
	static String nameOf(Map<?, ?> metric) {
		String set = text(metric, "set");
		return PREFIX + (set.equals("engine") ? "" : set + ".") + text(metric, "name");
	}

	/**
	 * Returns the tags of a metric.
	 * @param metric metric of the engine
	 * @return values by key
	 */
	static Map<String, String> tagsOf(Map<?, ?> metric) {
		Map<String, String> tags = new TreeMap<>();
		if (metric.get("tags") instanceof Map<?, ?> items) {
			items.forEach((key, value) -> tags.put(String.valueOf(key), tag(String.valueOf(value))));
		}
		tags.put("pipeline", tag(text(metric, "pipeline")));
		tags.put("node", tag(text(metric, "node")));
		return tags;
	}

	/**
	 * Takes the values of a metric.
	 * @param metric metric of the engine
	 */
	void update(Map<?, ?> metric) {
		boolean summary = this.kind.equals("summary");
		this.value = number(metric, summary ? "count" : "value");
		this.sum = summary ? number(metric, "sum") : 0;
	}

	/**
	 * Registers the meters of this series.
	 * @param meters registers and keeps them
	 * @param refresh called before a value is read
	 */
	void register(Registrar meters, Runnable refresh) {
		switch (this.kind) {
			case "counter" -> counter(meters, this.name, unit(), refresh, false);
			case "summary" -> registerSummary(meters, refresh);
			default -> meters.add(Gauge.builder(this.name, this, (series) -> {
				refresh.run();
				return series.value;
			}).tags(this.tags).description(this.description).baseUnit(unit())::register);
		}
	}

	private void registerSummary(Registrar meters, Runnable refresh) {
		TimeUnit time = TIMES.get(this.unit);
		if (time != null) {
			meters.add(FunctionTimer.builder(this.name, this, (series) -> {
				refresh.run();
				return (long) series.value;
			}, (series) -> series.sum, time).tags(this.tags).description(this.description)::register);
			return;
		}
		counter(meters, this.name + ".count", null, refresh, false);
		counter(meters, this.name + ".sum", unit(), refresh, true);
	}

	private void counter(Registrar meters, String name, @Nullable String unit, Runnable refresh, boolean ofSum) {
		meters.add(FunctionCounter.builder(name, this, (series) -> {
			refresh.run();
			return ofSum ? series.sum : series.value;
		}).tags(this.tags).description(this.description).baseUnit(unit)::register);
	}

	private @Nullable String unit() {
		// Units of the engine are those of UCUM, in which braces hold a comment
		if (this.unit.startsWith("{") && this.unit.endsWith("}")) {
			return this.unit.substring(1, this.unit.length() - 1);
		}
		return this.unit.equals("1") ? null : UNITS.getOrDefault(this.unit, this.unit);
	}

	private static String text(Map<?, ?> metric, String key) {
		Object value = metric.get(key);
		return (value != null) ? value.toString() : "";
	}

	private static double number(Map<?, ?> metric, String key) {
		return (metric.get(key) instanceof Number number) ? number.doubleValue() : Double.NaN;
	}

	private static String tag(String value) {
		return value.isEmpty() ? KeyValue.NONE_VALUE : value;
	}

}
