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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests that exporters use SSL bundles, against real servers.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExporterTlsTests {

	private static final String BUNDLE = "spring.ssl.bundle.pem.web.";

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void authoritiesOfTheBundleAreTrusted(String protocol) throws Exception {
		try (TlsServer server = new TlsServer(protocol, false)) {
			runner(server, protocol, BUNDLE + "truststore.certificate=classpath:tls/ca.pem").run((context) -> {
				submit(context.getBean(TelemetryEngine.class));
				assertThat(server.clients.poll(20, TimeUnit.SECONDS)).isEqualTo("nobody");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void serverOfAnotherAuthorityGetsNothing(String protocol) {
		try (TlsServer server = new TlsServer(protocol, false)) {
			runner(server, protocol, BUNDLE + "truststore.certificate=classpath:tls/other-ca.pem")
				.run((context) -> assertUnreachable(context.getBean(TelemetryEngine.class)));
			// The roots of the platform do not know the authority of the tests
			runner(server, protocol).withPropertyValues("ferrule.exporter.ssl.bundle=")
				.run((context) -> assertUnreachable(context.getBean(TelemetryEngine.class)));
			assertThat(server.clients).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "grpc,JKS", "grpc,PKCS12", "http,JKS", "http,PKCS12" })
	void keyStoreNamesTheClient(String protocol, String type) throws Exception {
		KeyStore keys = TlsFixtures.keyStore(type, "client", TlsFixtures.PASSWORD).getStores().getKeyStore();
		KeyStore trust = TlsFixtures.pem(null, "ca").getStores().getTrustStore();
		String jks = "spring.ssl.bundle.jks.web.";
		try (TlsServer server = new TlsServer(protocol, true)) {
			runner(server, protocol, jks + "keystore.location=" + store(keys, "keys"), jks + "keystore.type=" + type,
					jks + "keystore.password=" + TlsFixtures.PASSWORD,
					jks + "truststore.location=" + store(trust, "trust"), jks + "truststore.type=PKCS12",
					jks + "truststore.password=" + TlsFixtures.PASSWORD)
				.run((context) -> {
					submit(context.getBean(TelemetryEngine.class));
					assertThat(server.clients.poll(20, TimeUnit.SECONDS)).isEqualTo("CN=client");
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "RSA -keysize 2048", "EC -groupname secp256r1", "EC -groupname secp384r1", "Ed25519" })
	void keysOfTheJdkAreTaken(String algorithm) throws Exception {
		Path keys = this.directory.resolve("keys.p12");
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool", "-genkeypair",
				"-alias", "mine", "-dname", "CN=mine", "-storetype", "PKCS12", "-keystore", keys.toString(),
				"-storepass", TlsFixtures.PASSWORD, "-keyalg"));
		command.addAll(List.of(algorithm.split(" ")));
		assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
		String jks = "spring.ssl.bundle.jks.web.keystore.";
		try (TlsServer server = new TlsServer("http", false)) {
			runner(server, "http", jks + "location=" + keys, jks + "type=PKCS12",
					jks + "password=" + TlsFixtures.PASSWORD)
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void changedFilesAreUsed(String protocol, CapturedOutput output) throws Exception {
		copy("client", "mine");
		try (TlsServer server = new TlsServer(protocol, true)) {
			String file = "file:" + this.directory.resolve("mine");
			runner(server, protocol, BUNDLE + "truststore.certificate=classpath:tls/ca.pem",
					BUNDLE + "keystore.certificate=" + file + ".pem", BUNDLE + "keystore.private-key=" + file + ".key",
					BUNDLE + "reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms")
				.run((context) -> {
					TelemetryEngine engine = context.getBean(TelemetryEngine.class);
					submit(engine);
					assertThat(server.clients.poll(20, TimeUnit.SECONDS)).isEqualTo("CN=client");
					copy("renewed-client", "mine");
					Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
						submit(engine);
						assertThat(server.clients.poll(20, TimeUnit.SECONDS)).isEqualTo("CN=renewed-client");
					});
				});
		}
		assertThat(output).contains("New connections of exporters use the reloaded SSL bundle 'web'")
			.doesNotContain("PRIVATE KEY");
	}

	@Test
	void unknownBundleStopsTheStart() {
		try (TlsServer server = new TlsServer("grpc", false)) {
			runner(server, "grpc").run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("SSL bundle name 'web' cannot be found"));
		}
	}

	@Test
	void keyOfAnotherCertificateStopsTheStart() {
		try (TlsServer server = new TlsServer("grpc", false)) {
			runner(server, "grpc", BUNDLE + "keystore.certificate=classpath:tls/client.pem",
					BUNDLE + "keystore.private-key=classpath:tls/server.key")
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining(
							"Property 'ferrule.exporter.ssl.bundle' with value 'web' names an SSL bundle"
									+ " that cannot be used: The private key does not belong to the certificate"));
		}
	}

	private static ApplicationContextRunner runner(TlsServer server, String protocol, String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, FerruleAutoConfiguration.class))
			.withPropertyValues("ferrule.exporter.endpoint=" + server.url(), "ferrule.exporter.protocol=" + protocol,
					"ferrule.exporter.ssl.bundle=web", "ferrule.retry.enabled=false",
					"ferrule.engine.drain-timeout=500ms")
			.withPropertyValues(properties);
	}

	private static void submit(TelemetryEngine engine) {
		engine.submit(TestingPipeline.payload(TestingPipeline.SPANS)).join();
	}

	private static void assertUnreachable(TelemetryEngine engine) {
		Throwable failure = catchThrowableOfType(CompletionException.class, () -> submit(engine)).getCause();
		assertThat(failure).isInstanceOf(TelemetryEngineException.class)
			.hasMessageContaining("cannot be reached")
			.hasMessageNotContaining("localhost");
		assertThat(((TelemetryEngineException) failure).failure().kind()).isEqualTo(ErrorKind.RETRYABLE);
	}

	private Path store(KeyStore store, String name) throws Exception {
		Path file = this.directory.resolve(name);
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, TlsFixtures.PASSWORD.toCharArray());
		}
		return file;
	}

	private void copy(String from, String to) throws IOException {
		for (String ending : new String[] { ".pem", ".key" }) {
			try (InputStream in = getClass().getResourceAsStream("/tls/" + from + ending)) {
				Files.copy(in, this.directory.resolve(to + ending), StandardCopyOption.REPLACE_EXISTING);
			}
		}
	}

}
