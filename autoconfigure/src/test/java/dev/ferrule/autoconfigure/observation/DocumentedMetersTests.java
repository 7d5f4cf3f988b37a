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

package dev.ferrule.autoconfigure.observation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page about meters names those of a running application.
 */
class DocumentedMetersTests {

	private static final Path PAGE = Path.of("../src/docs/metrics.md");

	private static final String ENGINE = "ferrule.engine.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleMetricsAutoConfiguration.class,
				MetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	@Test
	void metersOfCallsAreThoseOfThePage() {
		Set<String> documented = documented("## Calls", List.of());
		assertThat(documented).isNotEmpty();
		this.runner.run((context) -> assertThat(registered(context.getBean(MeterRegistry.class), false))
			.containsExactlyElementsOf(documented));
	}

	@Test
	void metersOfTheEngineThatThePageNamesExist() {
		Set<String> documented = documented("## The engine", List.of("node", "pipeline"));
		assertThat(documented).isNotEmpty();
		this.runner.run((context) -> {
			context.getBean(TelemetryEngine.class)
				.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }),
						CallContext.background());
			Awaitility.await()
				.untilAsserted(() -> assertThat(registered(context.getBean(MeterRegistry.class), true))
					.containsAll(documented));
		});
	}

	private static Set<String> documented(String heading, List<String> commonTags) {
		return lines().dropWhile((line) -> !line.equals(heading))
			.skip(1)
			.takeWhile((line) -> !line.startsWith("## "))
			.filter((line) -> line.startsWith("| `ferrule."))
			.map((line) -> line.split("\\|"))
			.map((cells) -> describe(cells[1].replace("`", "").strip(), cells[2].split(",")[0].strip(),
					tags(cells[3], commonTags)))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Stream<String> lines() {
		try {
			return Files.readAllLines(PAGE).stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Set<String> tags(String cell, List<String> common) {
		Set<String> tags = Arrays.stream(cell.replace("`", "").split(","))
			.map(String::strip)
			.filter((tag) -> !tag.isEmpty())
			.collect(Collectors.toCollection(TreeSet::new));
		tags.addAll(common);
		return tags;
	}

	private static Set<String> registered(MeterRegistry registry, boolean ofTheEngine) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().startsWith("ferrule.") && id.getName().startsWith(ENGINE) == ofTheEngine)
			.map((id) -> describe(id.getName(), id.getType().name().toLowerCase(Locale.ROOT),
					id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new))))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String describe(String name, String type, Set<String> tags) {
		return name + " " + type + " " + tags;
	}

}
