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

package dev.ferrule.autoconfigure.ssl;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.ferrule.autoconfigure.properties.ExporterProperties;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.PropertyCheck;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundles that exporters name. Holds private keys, so it is never printed.
 */
public final class ExporterBundles {

	private static final Logger logger = LoggerFactory.getLogger(ExporterBundles.class);

	private final @Nullable SslBundles registry;

	private final Map<String, SslBundle> bundles = new LinkedHashMap<>();

	private final Map<String, TlsMaterial> material = new LinkedHashMap<>();

	/**
	 * Reads the bundles.
	 * @param properties all properties
	 * @param registry the application's bundles, or {@code null} if it has none
	 * @throws FerruleConfigurationException if a bundle does not exist or cannot be used
	 */
	public ExporterBundles(FerruleProperties properties, @Nullable SslBundles registry) {
		this.registry = registry;
		read(FerruleProperties.PREFIX, properties.exporter());
		properties.pipelines()
			.forEach((name, pipeline) -> read(FerruleProperties.PREFIX + ".pipelines." + name, pipeline.exporter()));
	}

	/**
	 * Returns the content of the bundles, as the engine takes it.
	 * @return content by name of the bundle
	 */
	public Map<String, Object> toMap() {
		Map<String, Object> map = new LinkedHashMap<>();
		this.material.forEach((name, material) -> map.put(name, material.toMap()));
		return map;
	}

	/**
	 * Passes on what changes from now on, and what changed since it was read. A bundle
	 * that cannot be used any more is logged, and the engine keeps the one before.
	 * @param update takes the content of changed bundles as JSON; fails if the engine
	 * refuses it
	 */
	public void watch(Consumer<String> update) {
		SslBundles registry = this.registry;
		if (registry != null) {
			List.copyOf(this.bundles.keySet()).forEach((name) -> {
				registry.addBundleUpdateHandler(name, (changed) -> reload(name, registry, update));
				reload(name, registry, update);
			});
		}
	}

	// One after the other, each with the newest, so that none brings back an older one
	private synchronized void reload(String name, SslBundles registry, Consumer<String> update) {
		SslBundle bundle = registry.getBundle(name);
		if (this.bundles.put(name, bundle) == bundle) {
			return;
		}
		try {
			Map<String, Object> changed = Map.of(name, TlsMaterial.of(bundle).toMap());
			update.accept(Json.write(changed));
			logger.info("New connections of exporters use the reloaded SSL bundle '{}'", name);
		}
		catch (GeneralSecurityException | IOException | RuntimeException ex) {
			logger.warn("The reloaded SSL bundle '{}' cannot be used, exporters keep the one before: {}", name,
					ex.getMessage());
		}
	}

	private void read(String prefix, @Nullable ExporterProperties exporter) {
		String name = (exporter != null) ? exporter.bundle() : null;
		if (name != null && !this.bundles.containsKey(name)) {
			PropertyCheck check = new PropertyCheck(prefix + ".exporter");
			SslBundle bundle = find(check, name);
			try {
				this.material.put(name, TlsMaterial.of(bundle));
			}
			catch (GeneralSecurityException | IOException | RuntimeException ex) {
				throw initialised(
						check.refuse("ssl.bundle", name, "names an SSL bundle that cannot be used: " + ex.getMessage(),
								"Correct the keys under spring.ssl.bundle for '" + name + "'."),
						ex);
			}
			this.bundles.put(name, bundle);
		}
	}

	private SslBundle find(PropertyCheck check, String name) {
		if (this.registry == null) {
			throw unknown(check, name, List.of());
		}
		try {
			return this.registry.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw initialised(unknown(check, name, this.registry.getBundleNames()), ex);
		}
	}

	private static FerruleConfigurationException unknown(PropertyCheck check, String name, List<String> names) {
		String known = names.isEmpty() ? "there are none" : "there are " + String.join(", ", names);
		return check.refuse("ssl.bundle", name, "names an SSL bundle that does not exist; " + known,
				"Define it under spring.ssl.bundle.pem." + name + " or spring.ssl.bundle.jks." + name
						+ ", or correct the name.");
	}

	private static FerruleConfigurationException initialised(FerruleConfigurationException exception, Exception cause) {
		exception.initCause(cause);
		return exception;
	}

}
