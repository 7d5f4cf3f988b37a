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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EngineMetrics}.
 */
class EngineMetricsTests {

	private static final String COUNTER = """
			{"set":"node.producer","name":"items","unit":"{item}","description":"Items.","kind":"counter",
			"pipeline":"main","node":"host","tags":{"signal":"traces"},"value":%s}""";

	private static final String GAUGE = """
			{"set":"engine","name":"memory_rss","unit":"By","description":"Memory.","kind":"gauge",
			"pipeline":"","node":"","tags":{},"value":1024}""";

	private static final String TIMES = """
			{"set":"exporter","name":"send","unit":"ms","description":"","kind":"summary",
			"pipeline":"main","node":"out","tags":{},"count":4,"sum":2000.0,"min":1.0,"max":900.0}""";

	private static final String SIZES = """
			{"set":"batch","name":"size","unit":"By","description":"","kind":"summary",
			"pipeline":"main","node":"batch","tags":{},"count":2,"sum":30.0,"min":10.0,"max":20.0}""";

	private final FakeEngineInspector engine = new FakeEngineInspector();

	private final AtomicLong now = new AtomicLong();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final EngineMetrics metrics = new EngineMetrics(this.engine, this.now::get, 5);

	@Test
	void seriesHaveNameUnitAndTags() {
		tell(COUNTER.formatted(3), GAUGE);
		this.metrics.bindTo(this.registry);
		Meter.Id items = this.registry.get("ferrule.engine.node.producer.items").functionCounter().getId();
		assertThat(items.getBaseUnit()).isEqualTo("item");
		assertThat(items.getTag("pipeline")).isEqualTo("main");
		assertThat(items.getTag("node")).isEqualTo("host");
		assertThat(items.getTag("signal")).isEqualTo("traces");
		Meter.Id memory = this.registry.get("ferrule.engine.memory_rss").gauge().getId();
		assertThat(memory.getBaseUnit()).isEqualTo("bytes");
		assertThat(memory.getTag("pipeline")).isEqualTo("none");
		assertThat(this.registry.get("ferrule.engine.memory_rss").gauge().value()).isEqualTo(1024);
	}

	@Test
	void distributionsOfTimesAreTimersAndOthersAreCounters() {
		tell(TIMES, SIZES);
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.get("ferrule.engine.exporter.send").functionTimer().count()).isEqualTo(4);
		assertThat(this.registry.get("ferrule.engine.exporter.send").functionTimer().totalTime(TimeUnit.SECONDS))
			.isEqualTo(2);
		assertThat(this.registry.get("ferrule.engine.batch.size.count").functionCounter().count()).isEqualTo(2);
		assertThat(this.registry.get("ferrule.engine.batch.size.sum").functionCounter().count()).isEqualTo(30);
	}

	@Test
	void engineIsAskedOnceASecondAndNewSeriesAppear() {
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		tell(COUNTER.formatted(4), GAUGE);
		assertThat(items()).isEqualTo(3);
		assertThat(this.engine.asked).isOne();
		this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		assertThat(items()).isEqualTo(4);
		assertThat(this.engine.asked).isEqualTo(2);
		assertThat(this.registry.find("ferrule.engine.memory_rss").gauge()).isNotNull();
		assertThat(this.registry.get("ferrule.engine.series").gauge().value()).isEqualTo(2);
	}

	@Test
	void valuesOfAStoppedEngineStay() {
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		this.engine.stopped = true;
		this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		assertThat(items()).isEqualTo(3);
	}

	@Test
	void closeRemovesOwnMetersOnly() {
		this.registry.gauge("ferrule.engine.series", 7);
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		tell(COUNTER.formatted(4), GAUGE);
		this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		assertThat(items()).isEqualTo(4);
		this.metrics.close();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactly("ferrule.engine.series");
	}

	@Test
	void closeRemovesMetersThatAFilterRenamed() {
		this.registry.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				return id.withName("our." + id.getName());
			}

		});
		this.registry.gauge("ferrule.engine.series", 7);
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.get("our.ferrule.engine.node.producer.items").functionCounter().count()).isEqualTo(3);
		this.metrics.close();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactly("our.ferrule.engine.series");
	}

	@Test
	void closeLeavesTheMetersOfAnotherEngine() {
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		FakeEngineInspector second = new FakeEngineInspector();
		second.metrics = "{\"dropped\":0,\"metrics\":[" + COUNTER.formatted(8) + "," + GAUGE + "]}";
		EngineMetrics others = new EngineMetrics(second, this.now::get, 5);
		others.bindTo(this.registry);
		assertThat(this.registry.find("ferrule.engine.memory_rss").gauge()).isNotNull();
		others.close();
		assertThat(this.registry.find("ferrule.engine.memory_rss").gauge()).isNull();
		assertThat(items()).isEqualTo(3);
		this.metrics.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void seriesAreBounded() {
		String[] many = new String[8];
		for (int i = 0; i < many.length; i++) {
			many[i] = GAUGE.replace("\"node\":\"\"", "\"node\":\"n" + i + "\"");
		}
		tell(many);
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.find("ferrule.engine.memory_rss").gauges()).hasSize(5);
		assertThat(this.registry.get("ferrule.engine.series.dropped").functionCounter().count()).isEqualTo(3);
	}

	@Test
	void seriesOfOneNameHaveTheSameKeys() {
		tell(COUNTER.formatted(3), COUNTER.formatted(5).replace("{\"signal\":\"traces\"}", "{}"));
		this.metrics.bindTo(this.registry);
		assertThat(
				this.registry.get("ferrule.engine.node.producer.items").tag("signal", "none").functionCounter().count())
			.isEqualTo(5);
		assertThat(this.registry.get("ferrule.engine.node.producer.items")
			.tag("signal", "traces")
			.functionCounter()
			.count()).isEqualTo(3);
	}

	@Test
	void everyRegistryHasTheMeters() {
		tell(COUNTER.formatted(3));
		this.metrics.bindTo(this.registry);
		SimpleMeterRegistry other = new SimpleMeterRegistry();
		this.metrics.bindTo(other);
		assertThat(other.get("ferrule.engine.node.producer.items").functionCounter().count()).isEqualTo(3);
	}

	private double items() {
		return this.registry.get("ferrule.engine.node.producer.items").functionCounter().count();
	}

	private void tell(String... metrics) {
		this.engine.metrics = "{\"dropped\":0,\"metrics\":[" + String.join(",", metrics) + "]}";
	}

}
