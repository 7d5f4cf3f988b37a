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

import java.util.ArrayList;
import java.util.List;

import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.TestProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExporterBundles}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExporterBundlesTests {

	private static final FerruleProperties WEB = TestProperties.bind("ferrule.exporter.endpoint=https://localhost:1",
			"ferrule.exporter.ssl.bundle=web");

	private final DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry();

	private final List<String> updates = new ArrayList<>();

	@Test
	void bundlesOfAllPipelinesAreRead() {
		this.registry.registerBundle("a", TlsFixtures.pem(null, "ca"));
		this.registry.registerBundle("b", TlsFixtures.pem("client", "ca"));
		this.registry.registerBundle("c", broken());
		FerruleProperties properties = TestProperties.bind("ferrule.pipelines.one.exporter.ssl.bundle=a",
				"ferrule.pipelines.two.exporter.ssl.bundle=b", "ferrule.pipelines.three.exporter.ssl.bundle=b",
				"ferrule.pipelines.four.exporter.type=log");
		assertThat(new ExporterBundles(properties, this.registry).toMap()).containsOnlyKeys("a", "b");
		assertThat(new ExporterBundles(TestProperties.bind(), null).toMap()).isEmpty();
	}

	@Test
	void unknownBundleIsRefusedWithThoseThatExist() {
		this.registry.registerBundle("other", TlsFixtures.pem(null, "ca"));
		assertThatExceptionOfType(FerruleConfigurationException.class)
			.isThrownBy(() -> new ExporterBundles(WEB, this.registry))
			.withMessage("Property 'ferrule.exporter.ssl.bundle' with value 'web' names an SSL bundle that does not"
					+ " exist; there are other");
		assertThatExceptionOfType(FerruleConfigurationException.class).isThrownBy(() -> new ExporterBundles(WEB, null))
			.withMessageEndingWith("does not exist; there are none");
	}

	@Test
	void bundleThatCannotBeReadIsRefused() {
		this.registry.registerBundle("web", broken());
		assertThatExceptionOfType(FerruleConfigurationException.class)
			.isThrownBy(() -> new ExporterBundles(WEB, this.registry))
			.withMessage("Property 'ferrule.exporter.ssl.bundle' with value 'web' names an SSL bundle that cannot be"
					+ " used: The trust store holds no certificate");
	}

	@Test
	void changesArePassedOn() {
		this.registry.registerBundle("web", TlsFixtures.pem(null, "ca"));
		ExporterBundles bundles = new ExporterBundles(WEB, this.registry);
		bundles.watch(this.updates::add);
		assertThat(this.updates).isEmpty();
		this.registry.updateBundle("web", TlsFixtures.pem("client", "ca"));
		assertThat(this.updates).singleElement()
			.asString()
			.startsWith("{\"web\":{\"trusted\":\"-----BEGIN")
			.contains("PRIVATE KEY");
	}

	@Test
	void changeBeforeWatchingIsPassedOn() {
		this.registry.registerBundle("web", TlsFixtures.pem(null, "ca"));
		ExporterBundles bundles = new ExporterBundles(WEB, this.registry);
		this.registry.updateBundle("web", TlsFixtures.pem("client", "ca"));
		bundles.watch(this.updates::add);
		assertThat(this.updates).hasSize(1);
	}

	@Test
	void changeThatCannotBeUsedIsLogged(CapturedOutput output) {
		this.registry.registerBundle("collector", TlsFixtures.pem(null, "ca"));
		FerruleProperties properties = TestProperties.bind("ferrule.exporter.endpoint=https://localhost:1",
				"ferrule.exporter.ssl.bundle=collector");
		ExporterBundles bundles = new ExporterBundles(properties, this.registry);
		bundles.watch(this.updates::add);
		this.registry.updateBundle("collector", broken());
		assertThat(this.updates).isEmpty();
		assertThat(output).containsOnlyOnce(
				"""
						The reloaded SSL bundle 'collector' cannot be used, exporters keep the one before: The trust store holds \
						no certificate""");
	}

	private static SslBundle broken() {
		try {
			return SslBundle.of(SslStoreBundle.of(null, null, TlsFixtures.empty("PKCS12")));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
