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
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.grpc.GrpcCallContextFactory;
import dev.ferrule.otlp.grpc.OtlpGrpcOptions;
import dev.ferrule.otlp.grpc.OtlpGrpcService;
import io.grpc.BindableService;
import io.grpc.ServerBuilder;
import io.grpc.protobuf.StatusProto;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.util.unit.DataSize;

/**
 * Auto-configuration for OTLP over gRPC on the gRPC server of the application.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class, before = GrpcServerAutoConfiguration.class)
@ConditionalOnClass({ BindableService.class, StatusProto.class, GrpcServerFactory.class,
		GrpcServerAutoConfiguration.class })
@ConditionalOnBooleanProperty("ferrule.otlp.grpc.enabled")
@ConditionalOnBean(TelemetryEngine.class)
public final class FerruleOtlpGrpcAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	GrpcCallContextFactory ferruleGrpcCallContextFactory(FerruleProperties properties) {
		return GrpcCallContextFactory.ofInterceptor(GrpcCallContextFactory
			.withDeadline(properties.context().defaultTime(), properties.context().maximumTime()));
	}

	@Bean
	@ConditionalOnMissingBean(name = "ferruleOtlpTraceService")
	@ConditionalOnGrpcSignal(Signal.TRACES)
	OtlpGrpcService ferruleOtlpTraceService(FerruleProperties properties, TelemetryEngine engine,
			ErrorTranslator translator, GrpcCallContextFactory contexts) {
		return service(Signal.TRACES, properties, engine, translator, contexts);
	}

	@Bean
	@ConditionalOnMissingBean(name = "ferruleOtlpMetricsService")
	@ConditionalOnGrpcSignal(Signal.METRICS)
	OtlpGrpcService ferruleOtlpMetricsService(FerruleProperties properties, TelemetryEngine engine,
			ErrorTranslator translator, GrpcCallContextFactory contexts) {
		return service(Signal.METRICS, properties, engine, translator, contexts);
	}

	@Bean
	@ConditionalOnMissingBean(name = "ferruleOtlpLogsService")
	@ConditionalOnGrpcSignal(Signal.LOGS)
	OtlpGrpcService ferruleOtlpLogsService(FerruleProperties properties, TelemetryEngine engine,
			ErrorTranslator translator, GrpcCallContextFactory contexts) {
		return service(Signal.LOGS, properties, engine, translator, contexts);
	}

	// The limit of a gRPC server holds for all its services, so it is only ever raised.
	@Bean
	@ConditionalOnMissingBean(name = "ferruleOtlpMessageSizeCustomizer")
	<T extends ServerBuilder<T>> ServerBuilderCustomizer<T> ferruleOtlpMessageSizeCustomizer(
			FerruleProperties properties, ObjectProvider<GrpcServerProperties> server) {
		DataSize configured = server.getIfAvailable(GrpcServerProperties::new).getInbound().getMessage().getMaxSize();
		long bytes = Math.max(configured.toBytes(), properties.otlp().grpc().maxMessageSize().toBytes());
		int limit = (int) Math.min(bytes, Integer.MAX_VALUE);
		return (builder) -> builder.maxInboundMessageSize(limit);
	}

	private static OtlpGrpcService service(Signal signal, FerruleProperties properties, TelemetryEngine engine,
			ErrorTranslator translator, GrpcCallContextFactory contexts) {
		properties.otlp().validate();
		OtlpGrpcOptions options = OtlpGrpcOptions.defaults()
			.withMaxMessageBytes((int) properties.otlp().grpc().maxMessageSize().toBytes());
		return new OtlpGrpcService(signal, engine, translator, options, contexts);
	}

}
