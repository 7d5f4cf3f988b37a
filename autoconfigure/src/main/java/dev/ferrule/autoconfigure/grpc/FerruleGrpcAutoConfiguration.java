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

package dev.ferrule.autoconfigure.grpc;

import com.google.rpc.Status;
import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.grpc.TelemetryContextServerInterceptor;
import dev.ferrule.grpc.TelemetryGrpcExceptionHandler;
import io.grpc.ServerInterceptor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/**
 * Auto-configuration for the contexts of gRPC calls, and for what their clients are told
 * about failures.
 */
@AutoConfiguration(after = FerruleAutoConfiguration.class, before = GrpcServerAutoConfiguration.class)
@ConditionalOnClass({ ServerInterceptor.class, GlobalServerInterceptor.class, GrpcServerAutoConfiguration.class })
@ConditionalOnBean(CallContextFactory.class)
public final class FerruleGrpcAutoConfiguration {

	@Bean
	@GlobalServerInterceptor
	@ConditionalOnMissingBean
	TelemetryContextServerInterceptor ferruleTelemetryContextServerInterceptor(CallContextFactory contexts) {
		return new TelemetryContextServerInterceptor(contexts);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ GrpcExceptionHandler.class, Status.class })
	@ConditionalOnBooleanProperty(name = "ferrule.errors.grpc.enabled", matchIfMissing = true)
	@ConditionalOnBean(ErrorTranslator.class)
	static class ErrorConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TelemetryGrpcExceptionHandler ferruleTelemetryGrpcExceptionHandler(ErrorTranslator translator) {
			return new TelemetryGrpcExceptionHandler(translator);
		}

	}

}
