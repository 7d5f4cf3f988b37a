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

import java.time.Duration;
import java.util.concurrent.Executor;

import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.autoconfigure.engine.EngineStartException;
import dev.ferrule.autoconfigure.engine.ValidateOnlyEngine;
import dev.ferrule.autoconfigure.properties.ContextProperties;
import dev.ferrule.autoconfigure.properties.EngineProperties;
import dev.ferrule.autoconfigure.properties.FerruleConfigurationException;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.ssl.ExporterBundles;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.ContextExtractor;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.TraceContextExtractor;
import dev.ferrule.context.header.DeadlineExtractor;
import dev.ferrule.context.header.MetadataExtractor;
import dev.ferrule.context.header.W3cTraceContextExtractor;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.engine.jna.NativeEngineOptions;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.observability.FailureLog;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the {@link TelemetryEngine} and the contexts of its calls.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "ferrule.enabled", matchIfMissing = true)
@EnableConfigurationProperties(FerruleProperties.class)
public final class FerruleAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ErrorTranslator ferruleErrorTranslator() {
		return ErrorTranslator.create();
	}

	@Bean
	@ConditionalOnMissingBean
	ContextStatistics ferruleContextStatistics() {
		return new ContextStatistics();
	}

	@Bean
	@ConditionalOnMissingBean
	CallContextFactory ferruleCallContextFactory(ObjectProvider<ContextExtractor> extractors,
			ObjectProvider<CallContextCustomizer> customizers) {
		return new CallContextFactory(extractors.orderedStream().toList(), customizers.orderedStream().toList());
	}

	// In front of what the application adds without an order.
	@Configuration(proxyBeanMethods = false)
	static class ExtractorConfiguration {

		@Bean
		@Order(0)
		@ConditionalOnMissingBean
		DeadlineExtractor ferruleDeadlineExtractor(FerruleProperties properties, ContextStatistics statistics) {
			return new DeadlineExtractor(properties.context().deadlineSettings(), statistics);
		}

		@Bean
		@Order(0)
		@ConditionalOnMissingBean
		MetadataExtractor ferruleMetadataExtractor(FerruleProperties properties, ContextStatistics statistics) {
			return new MetadataExtractor(properties.context().metadata().settings(), statistics);
		}

		@Bean
		@Order(0)
		@ConditionalOnMissingBean(TraceContextExtractor.class)
		W3cTraceContextExtractor ferruleTraceContextExtractor(ContextStatistics statistics) {
			return new W3cTraceContextExtractor(statistics);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("ferrule.otlp.http.enabled")
	@ConditionalOnMissingServletServer
	static class MissingServletConfiguration {

		MissingServletConfiguration() {
			throw new FerruleConfigurationException("ferrule.otlp.http.enabled", "true",
					"needs a servlet web application, which this is not",
					"Add spring-boot-starter-webmvc and do not set spring.main.web-application-type to reactive or"
							+ " none, or remove the property.");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("ferrule.otlp.grpc.enabled")
	@ConditionalOnMissingGrpcServer
	static class MissingGrpcServerConfiguration {

		MissingGrpcServerConfiguration() {
			throw new FerruleConfigurationException("ferrule.otlp.grpc.enabled", "true",
					"needs a gRPC server and io.grpc:grpc-protobuf, which are not both on the class path",
					"Add spring-boot-starter-grpc-server, or remove the property.");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("ferrule.engine.validate-only")
	@ConditionalOnMissingBean(TelemetryEngine.class)
	static class ValidatedEngineConfiguration extends SpecificationConfiguration {

		@Bean
		ValidateOnlyEngine telemetryEngine(FerruleProperties properties, EngineSpecification specification) {
			try {
				NativeEngine.validate(specification.toJson(), library(properties));
				return new ValidateOnlyEngine();
			}
			catch (TelemetryEngineException ex) {
				throw new EngineStartException(specification.origin(), ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("ferrule.engine.validate-only")
	static class ValidationEndConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ValidateOnlyExit ferruleValidationEnd(ApplicationContext context) {
			return new ValidateOnlyExit(() -> System.exit(SpringApplication.exit(context)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "ferrule.engine.validate-only", havingValue = false, matchIfMissing = true)
	@ConditionalOnMissingBean(TelemetryEngine.class)
	static class NativeEngineConfiguration extends SpecificationConfiguration {

		// Not a default candidate, or the application would lose its
		// applicationTaskExecutor.
		@Bean(defaultCandidate = false)
		@ConditionalOnMissingBean(name = CallbackExecutor.BEAN_NAME)
		CallbackExecutor ferruleCallbackExecutor(Environment environment) {
			return CallbackExecutor.create(Threading.VIRTUAL.isActive(environment));
		}

		@Bean(destroyMethod = "close")
		NativeEngine telemetryEngine(FerruleProperties properties, EngineSpecification specification,
				ExporterBundles bundles, @Qualifier(CallbackExecutor.BEAN_NAME) Executor executor) {
			EngineProperties engine = properties.engine();
			ContextProperties context = properties.context();
			NativeEngineOptions options = NativeEngineOptions.builder()
				.library(library(properties))
				.maximumInFlight(engine.maxInFlight())
				.defaultDeadline(context.defaultTime())
				.maximumDeadline(context.maximumTime())
				.grace(engine.grace())
				.drainTimeout(engine.drainTimeout())
				.executor(executor)
				.routes(specification.routes().bySignal())
				.build();
			try {
				return watching(NativeEngine.start(specification.toJson(), options), bundles);
			}
			catch (TelemetryEngineException ex) {
				throw new EngineStartException(specification.origin(), ex);
			}
		}

		private static NativeEngine watching(NativeEngine engine, ExporterBundles bundles) {
			try {
				bundles.watch(engine::updateSecrets);
				return engine;
			}
			catch (RuntimeException ex) {
				engine.close();
				throw ex;
			}
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "ferrule.failure-log.enabled", matchIfMissing = true)
		FailureLog ferruleFailureLog() {
			return new FailureLog();
		}

		@Bean
		CallListenerRegistration ferruleCallListenerRegistration(NativeEngine engine,
				ObjectProvider<TelemetryCallListener> listeners) {
			return new CallListenerRegistration(engine, listeners);
		}

		@Bean
		ShutdownTimer ferruleShutdownTimer(FerruleProperties properties, NativeEngine engine,
				ApplicationContext context) {
			Duration delay = ShutdownDelay.of(properties.engine().drainTimeout(), context);
			return new ShutdownTimer(context, delay, () -> engine.inspector().counters().inFlight(), () -> {
				engine.stopAccepting();
				engine.cancelAll(CancellationCause.SHUTDOWN);
			});
		}

		@Bean
		EngineLifecycle ferruleEngineLifecycle(NativeEngine engine, ShutdownTimer timer) {
			return new EngineLifecycle(engine::resumeAccepting, () -> {
				engine.stopAccepting();
				timer.disarm();
			});
		}

	}

}
