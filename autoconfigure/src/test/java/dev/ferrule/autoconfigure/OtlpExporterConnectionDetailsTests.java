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

package dev.ferrule.autoconfigure;

import java.util.Map;

import dev.ferrule.autoconfigure.connection.OtlpExporterConnectionDetails;
import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.TestProperties;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OtlpExporterConnectionDetails} and what creates them.
 */
class OtlpExporterConnectionDetailsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(FerruleAutoConfiguration.class, ServiceConnectionAutoConfiguration.class))
		.withPropertyValues("ferrule.engine.validate-only=true", "ferrule.exporter.endpoint=https://configured:1",
				"ferrule.exporter.ssl.bundle=unused", "ferrule.exporter.headers.x-a=b")
		.withBean(ValidateOnlyExit.class, () -> new ValidateOnlyExit(() -> {
		}));

	@Test
	void beanTakesThePlaceOfTheEndpoint() {
		this.runner.withBean(OtlpExporterConnectionDetails.class, OtlpExporterConnectionDetailsTests::http)
			.run((context) -> assertThat(context.getBean(EngineSpecification.class).toJson())
				.contains("http://server:4318", "urn:ferrule:exporter:otlp_http", "x-a")
				.doesNotContain("configured", "unused"));
	}

	@Test
	void severalPipelinesKeepTheirEndpoints() {
		FerruleProperties properties = TestProperties.bind("ferrule.pipelines.a.exporter.type=log");
		assertThat(properties.withConnection(http())).isSameAs(properties);
		FerruleProperties engine = TestProperties.bind("ferrule.engine.config-location=classpath:engine.yaml");
		assertThat(engine.withConnection(http())).isSameAs(engine);
	}

	@Test
	void containerOfTestcontainersIsUsed() {
		this.runner.withUserConfiguration(Containers.class)
			.run((context) -> assertThat(context.getBean(EngineSpecification.class).toJson())
				.contains("http://127.0.0.1:54317", "urn:ferrule:exporter:otlp_grpc")
				.doesNotContain("configured"));
	}

	@Test
	void serviceOfDockerComposeIsUsed() {
		RunningService service = mock(RunningService.class);
		given(service.image()).willReturn(ImageReference.of("otel/opentelemetry-collector-contrib:latest"));
		given(service.labels()).willReturn(Map.of());
		given(service.host()).willReturn("127.0.0.1");
		ConnectionPorts ports = mock(ConnectionPorts.class);
		given(ports.get(4317)).willReturn(54317);
		given(service.ports()).willReturn(ports);
		DockerComposeConnectionSource source = mock(DockerComposeConnectionSource.class);
		given(source.getRunningService()).willReturn(service);
		Object details = new ConnectionDetailsFactories(getClass().getClassLoader()).getConnectionDetails(source, true)
			.get(OtlpExporterConnectionDetails.class);
		assertThat(details).isInstanceOfSatisfying(OtlpExporterConnectionDetails.class,
				(found) -> assertThat(found.getEndpoint()).isEqualTo("http://127.0.0.1:54317"));
	}

	private static OtlpExporterConnectionDetails http() {
		return new OtlpExporterConnectionDetails() {

			@Override
			public String getEndpoint() {
				return "http://server:4318";
			}

			@Override
			public Protocol getProtocol() {
				return Protocol.HTTP;
			}

		};
	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Containers {

		@ServiceConnection
		static final GenericContainer<?> collector = new StartedContainer();

	}

	/** Looks started, without Docker. */
	private static final class StartedContainer extends GenericContainer<StartedContainer> {

		StartedContainer() {
			super("otel/opentelemetry-collector-contrib:latest");
		}

		@Override
		public String getDockerImageName() {
			return "otel/opentelemetry-collector-contrib:latest";
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return true;
		}

		@Override
		public String getHost() {
			return "127.0.0.1";
		}

		@Override
		public Integer getMappedPort(int port) {
			return 50_000 + port;
		}

	}

}
