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

import java.util.List;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.grpc.TelemetryContextServerInterceptor;
import dev.ferrule.grpc.TelemetryGrpcExceptionHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.server.GlobalServerInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FerruleGrpcAutoConfiguration}.
 */
class FerruleGrpcAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class, FerruleGrpcAutoConfiguration.class))
		.withBean(TelemetryEngine.class, () -> mock(TelemetryEngine.class));

	@Test
	void interceptorServesAllServices() {
		this.runner.run((context) -> assertThat(context.getBeansWithAnnotation(GlobalServerInterceptor.class).values())
			.singleElement()
			.isInstanceOf(TelemetryContextServerInterceptor.class));
	}

	@Test
	void interceptorWhenUserDefinesBeanBacksOff() {
		this.runner
			.withBean("own", TelemetryContextServerInterceptor.class,
					() -> new TelemetryContextServerInterceptor(new CallContextFactory(List.of(), List.of())))
			.run((context) -> assertThat(context).hasSingleBean(ServerInterceptor.class).hasBean("own"));
	}

	@Test
	void interceptorWhenFerruleIsOffIsAbsent() {
		this.runner.withPropertyValues("ferrule.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ServerInterceptor.class));
	}

	@Test
	void interceptorWithoutGrpcIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("ferruleTelemetryContextServerInterceptor"));
	}

	@Test
	void exceptionHandlerIsThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(TelemetryGrpcExceptionHandler.class));
	}

	@Test
	void exceptionHandlerSwitchedOffIsAbsent() {
		this.runner.withPropertyValues("ferrule.errors.grpc.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TelemetryGrpcExceptionHandler.class));
	}

	@Test
	void exceptionHandlerWhenUserDefinesBeanBacksOff() {
		this.runner
			.withBean("own", TelemetryGrpcExceptionHandler.class,
					() -> new TelemetryGrpcExceptionHandler(ErrorTranslator.create()))
			.run((context) -> assertThat(context).hasSingleBean(TelemetryGrpcExceptionHandler.class).hasBean("own"));
	}

	@Test
	void exceptionHandlerWithoutMessagesOfGoogleRpcIsAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader("com.google.rpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TelemetryContextServerInterceptor.class)
				.doesNotHaveBean(TelemetryGrpcExceptionHandler.class));
	}

}
