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

package dev.ferrule.autoconfigure.otlp;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.otlp.grpc.GrpcCallContextFactory;
import dev.ferrule.otlp.grpc.OtlpGrpcService;
import io.grpc.BindableService;
import io.grpc.ServerBuilder;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleOtlpGrpcAutoConfiguration}.
 */
class FerruleOtlpGrpcAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleOtlpGrpcAutoConfiguration.class))
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void servicesByDefaultAreAbsent() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpGrpcService.class));
	}

	@Test
	void servicesWhenEnabledCoverAllSignals() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true")
			.run((context) -> assertThat(context.getBeansOfType(OtlpGrpcService.class).values())
				.extracting((service) -> service.bindService().getServiceDescriptor().getName())
				.containsExactlyInAnyOrder("opentelemetry.proto.collector.trace.v1.TraceService",
						"opentelemetry.proto.collector.metrics.v1.MetricsService",
						"opentelemetry.proto.collector.logs.v1.LogsService"));
	}

	@Test
	void servicesCoverNamedSignalsOnly() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true", "ferrule.otlp.grpc.signals=logs,metrics")
			.run((context) -> assertThat(context.getBeanNamesForType(OtlpGrpcService.class))
				.containsExactlyInAnyOrder("ferruleOtlpMetricsService", "ferruleOtlpLogsService"));
	}

	@Test
	void contextFactoryWhenUserDefinesBeanBacksOff() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true")
			.withBean("own", GrpcCallContextFactory.class,
					() -> (call, headers, cancellation) -> CallContext.builder().build())
			.run((context) -> assertThat(context).hasSingleBean(GrpcCallContextFactory.class).hasBean("own"));
	}

	@Test
	void beansWhenUserDefinesBeansOfTheirNamesBackOff() {
		ServerBuilderCustomizer<?> customizer = mock(ServerBuilderCustomizer.class);
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true")
			.withBean("ferruleOtlpTraceService", BindableService.class, () -> mock(BindableService.class))
			.withBean("ferruleOtlpMessageSizeCustomizer", ServerBuilderCustomizer.class, () -> customizer)
			.run((context) -> {
				assertThat(context.getBeanNamesForType(OtlpGrpcService.class))
					.containsExactlyInAnyOrder("ferruleOtlpMetricsService", "ferruleOtlpLogsService");
				assertThat(context.getBean(ServerBuilderCustomizer.class)).isSameAs(customizer);
			});
	}

	@Test
	void servicesWithoutGrpcAreAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.boot.grpc"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("ferruleOtlpTraceService"));
	}

	@Test
	void servicesWhenEnabledWithoutGrpcStopTheStart() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true")
			.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.boot.grpc"))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'ferrule.otlp.grpc.enabled'"));
	}

	@Test
	void servicesWhenEnabledWithoutRichStatusStopTheStart() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true")
			.withClassLoader(new FilteredClassLoader(StatusProto.class))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOfSatisfying(FerruleConfigurationException.class,
						(ex) -> assertThat(ex.getAction()).contains("Add spring-boot-starter-grpc-server"))
				.hasMessageContaining("io.grpc:grpc-protobuf"));
	}

	@Test
	void servicesWithoutEngineAreAbsent() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleOtlpGrpcAutoConfiguration.class))
			.withPropertyValues("ferrule.otlp.grpc.enabled=true", "ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpGrpcService.class));
	}

	@ParameterizedTest
	@CsvSource({ "64MB, 4MB, 67108864", "1MB, 16MB, 16777216", "1MB, '', 4194304", "1MB, 3GB, 2147483647" })
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void limitOfTheServerIsOnlyEverRaised(String ours, String server, int expected) {
		this.runner.withUserConfiguration(ServerPropertiesConfiguration.class)
			.withPropertyValues("ferrule.otlp.grpc.enabled=true", "ferrule.otlp.grpc.max-message-size=" + ours)
			.withPropertyValues(server.isEmpty() ? "x=y" : "spring.grpc.server.inbound.message.max-size=" + server)
			.run((context) -> {
				ServerBuilder builder = mock(ServerBuilder.class);
				context.getBean(ServerBuilderCustomizer.class).customize(builder);
				then(builder).should().maxInboundMessageSize(expected);
			});
	}

	@Test
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void limitOfAServerWithoutPropertiesIsThatOfTheDefaults() {
		this.runner.withPropertyValues("ferrule.otlp.grpc.enabled=true", "ferrule.otlp.grpc.max-message-size=1MB")
			.run((context) -> {
				ServerBuilder builder = mock(ServerBuilder.class);
				context.getBean(ServerBuilderCustomizer.class).customize(builder);
				then(builder).should().maxInboundMessageSize(4194304);
			});
	}

	@Test
	void serverOfTheApplicationServesTheServices() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(GrpcServerAutoConfiguration.class, GrpcServerServicesAutoConfiguration.class))
			.withBean(SslBundles.class, () -> mock(SslBundles.class))
			.withPropertyValues("ferrule.otlp.grpc.enabled=true", "spring.grpc.server.port=0",
					"spring.grpc.server.address=127.0.0.1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(GrpcServerLifecycle.class).getPort()).isPositive();
			});
	}

	@EnableConfigurationProperties(GrpcServerProperties.class)
	static class ServerPropertiesConfiguration {

	}

}
