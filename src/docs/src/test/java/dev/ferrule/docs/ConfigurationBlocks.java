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
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts the engine with the configuration that stands in a block: properties of the
 * application, or the engine's own. Properties have to be known to some metadata.
 */
final class ConfigurationBlocks {

	private final Set<ConfigurationPropertyName> known = new TreeSet<>();

	private final Path directory;

	/**
	 * Creates it.
	 * @param directory for files that configurations name
	 */
	ConfigurationBlocks(Path directory) throws IOException {
		this.directory = directory;
		JsonMapper mapper = new JsonMapper();
		List<URL> metadata = Collections
			.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
		for (URL url : metadata) {
			try (InputStream in = url.openStream()) {
				for (JsonNode property : mapper.readTree(in).get("properties")) {
					this.known.add(ConfigurationPropertyName.adapt(property.get("name").asString(), '.'));
				}
			}
		}
		assertThat(this.known).hasSizeGreaterThan(100);
		for (String name : List.of("ca.pem", "client.pem", "client.key", "server.pem", "server.key")) {
			Files.copy(Block.PROJECT.resolve("autoconfigure/src/test/resources/tls").resolve(name),
					directory.resolve(name));
		}
	}

	void verifyProperties(Block block) throws IOException {
		start(block, load(new PropertiesPropertySourceLoader(), block));
	}

	@SuppressWarnings("unchecked")
	void verifyYaml(Block block) throws IOException {
		Map<String, Object> yaml = new Yaml().loadAs(block.text(), Map.class);
		if (KubernetesBlocks.isKubernetes(yaml)) {
			KubernetesBlocks.read(yaml);
		}
		else if (yaml.containsKey("version")) {
			startEngine(block, block.text());
		}
		else if (yaml.containsKey("nodes")) {
			Map<String, Object> groups = Map.of("default", Map.of("pipelines", Map.of("main", yaml)));
			startEngine(block, new Yaml().dump(Map.of("version", "otel_dataflow/v1", "groups", groups)));
		}
		else {
			start(block, load(new YamlPropertySourceLoader(), block));
		}
	}

	private void startEngine(Block block, String yaml) throws IOException {
		Path file = Files.writeString(this.directory.resolve("engine.yaml"), inDirectory(yaml));
		start(block, Map.of("ferrule.engine.config-location", file.toUri().toString()));
	}

	private void start(Block block, Map<String, Object> properties) {
		for (String name : properties.keySet()) {
			assertThat(isKnown(ConfigurationPropertyName.adapt(name, '.'))).as("%s: %s is known", block, name).isTrue();
		}
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withPropertyValues(properties.entrySet()
				.stream()
				.map((entry) -> entry.getKey() + "=" + inDirectory(String.valueOf(entry.getValue())))
				.toArray(String[]::new))
			.run((context) -> assertThat(context).as("%s", block).hasNotFailed());
	}

	private boolean isKnown(ConfigurationPropertyName name) {
		return this.known.stream().anyMatch((candidate) -> candidate.equals(name) || candidate.isAncestorOf(name));
	}

	private String inDirectory(String value) {
		return value.replace("/etc/ferrule/", this.directory + "/");
	}

	private static Map<String, Object> load(PropertySourceLoader loader, Block block) throws IOException {
		Map<String, Object> properties = new LinkedHashMap<>();
		ByteArrayResource resource = new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8));
		for (PropertySource<?> source : loader.load("block", resource)) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				properties.put(name, source.getProperty(name));
			}
		}
		assertThat(properties).as("%s", block).isNotEmpty();
		return properties;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
