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

package dev.ferrule.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests the links of README.md and src/docs, and each code block, by its language:
 * <ul>
 * <li>java, rust, toml: has to stand in code that a test runs; in getting-started.md it
 * is the application that commands are run against</li>
 * <li>xml: dependencies have to be this project's, or managed by Spring Boot</li>
 * <li>properties, yaml: an engine is started with it, or Kubernetes' model reads it</li>
 * <li>shell: is run, against the sample (ports 4317, 4318, 4320) or the application of
 * getting-started.md (port 8080)</li>
 * <li>mermaid: is the picture of architecture.md, which a test of its own holds against
 * the code</li>
 * <li>json and without language: has to be the output of the command before, or in the
 * log of the application; or has to stand in a test</li>
 * </ul>
 */
@DisabledOnOs(OS.WINDOWS)
class DocumentationTests {

	/** Commands that are not run, and why. */
	private static final Map<String, String> NOT_RUN = Map.of("./mvnw install -DskipTests",
			"builds all of this project; that the application finds the artifacts is tested with those of this build",
			"FERRULE_EXPORTER_ENDPOINT=http://collector:4317 ./run-sample", "builds the sample and does not end",
			"./mvnw verify -Dferrule.native.features=parquet,kafka",
			"compiles the engine with other features, for minutes");

	private static final Pattern FILE = Pattern.compile("\\A# ([\\w-]+\\.yml)\n");

	@TempDir
	private static Path directory;

	private static Sources sources;

	private static Coordinates coordinates;

	private static ConfigurationBlocks configurations;

	private static Shop shop;

	private static Gateway gateway;

	private String output = "";

	private boolean afterCommand;

	@BeforeAll
	static void prepare() throws Exception {
		assumeTrue(Files.exists(Gateway.JAR), "needs the jars, which the phase package makes");
		sources = new Sources();
		coordinates = new Coordinates();
		configurations = new ConfigurationBlocks(Files.createDirectory(directory.resolve("etc")));
		shop = new Shop(directory);
		gateway = new Gateway(directory);
	}

	@AfterAll
	static void close() {
		for (AutoCloseable application : new AutoCloseable[] { shop, gateway }) {
			try {
				if (application != null) {
					application.close();
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	@TestFactory
	Stream<DynamicNode> pages() {
		return Block.pages().stream().map((page) -> {
			List<Block> blocks = Block.of(page);
			Stream<DynamicTest> tests = blocks.stream()
				.map((block) -> DynamicTest.dynamicTest(block.toString(), () -> verify(block)));
			DynamicTest links = DynamicTest.dynamicTest("links", () -> Links.verify(page));
			return DynamicContainer.dynamicContainer(page, Stream.concat(tests, Stream.of(links)));
		});
	}

	@TestFactory
	Stream<DynamicNode> commandsThatAreNotRunStandInAPage() {
		List<String> commands = Block.pages()
			.stream()
			.flatMap((page) -> Block.of(page).stream())
			.map((block) -> block.text().trim())
			.toList();
		return NOT_RUN.keySet()
			.stream()
			.map((command) -> DynamicTest.dynamicTest(command, () -> assertThat(commands).contains(command)));
	}

	private void verify(Block block) throws Exception {
		boolean ran = this.afterCommand;
		this.afterCommand = false;
		switch (block.language()) {
			case "java", "rust", "toml" -> {
				if (!block.page().equals(Shop.PAGE)) {
					sources.verify(block);
				}
			}
			case "xml" -> coordinates.verify(block);
			case "properties" -> configurations.verifyProperties(block);
			case "yaml" -> {
				Matcher file = FILE.matcher(block.text());
				if (block.page().equals(Gateway.PAGE) && file.find()) {
					// A command after it starts the gateway with it
					gateway.write(file.group(1), block.text());
				}
				else {
					configurations.verifyYaml(block);
				}
			}
			case "shell" -> run(block);
			case "json", "" -> verifyOutput(block, ran);
			case "mermaid" ->
				assertThat(block.page()).as("held against the code by a test").isEqualTo(ArchitecturePageTests.PAGE);
			default -> fail("%s: nothing verifies blocks of this language", block);
		}
	}

	private void run(Block block) throws IOException {
		String command = block.text().trim();
		if (NOT_RUN.containsKey(command)) {
			return;
		}
		if (command.contains("localhost:43")) {
			this.output = gateway.shell().run(gateway.resolve(command));
		}
		else if (gateway.isStart(command)) {
			gateway.start(command);
			this.output = "";
		}
		else if (block.page().equals(Gateway.PAGE)) {
			this.output = gateway.shell().run(command);
		}
		else if (block.page().equals(Shop.PAGE) && command.startsWith("mvn ")) {
			this.output = shop.shell().run(command);
		}
		else {
			String port = shop.process().webPorts().get(0);
			this.output = shop.isStart(command) ? ""
					: shop.shell().run(command.replace("localhost:8080", "localhost:" + port));
		}
		this.afterCommand = true;
	}

	private void verifyOutput(Block block, boolean ran) throws IOException {
		this.afterCommand = ran;
		if (!ran || (!isOutput(block) && sources.contains(block))) {
			sources.verify(block);
			return;
		}
		Awaitility.await(block.toString())
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(this.output + gateway.log() + shop.log())
				.matches((text) -> Output.contains(text, block.text()), "contains " + block.text()));
	}

	private boolean isOutput(Block block) {
		return Output.contains(this.output + gateway.log() + shop.log(), block.text());
	}

}
