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

package dev.ferrule.autoconfigure.properties;

import java.util.Map;

import dev.ferrule.autoconfigure.connection.OtlpExporterConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Everything under {@code ferrule}. A key that is not listed here stops the start, except
 * in environment variables and system properties.
 *
 * @param enabled Whether to embed the engine.
 * @param nativeLibrary Native library.
 * @param engine Limits of the engine.
 * @param context Deadlines and metadata of calls.
 * @param cancellation What tells that a client left.
 * @param failureLog Log of failed calls.
 * @param exporter Exporter of the only pipeline.
 * @param batch Batching of the only pipeline.
 * @param retry Retry of the only pipeline.
 * @param pipelines Pipelines by name, if there is more than one. Names consist of
 * lower-case letters and digits.
 * @param otlp OTLP endpoints.
 * @param errors What the application's own clients are told about failures of the engine.
 * @param logging What the engine logs of calls.
 */
@ConfigurationProperties(prefix = "ferrule", ignoreUnknownFields = false)
public record FerruleProperties(@DefaultValue("true") boolean enabled,
		@NestedConfigurationProperty @Name("native") @DefaultValue NativeProperties nativeLibrary,
		@NestedConfigurationProperty @DefaultValue EngineProperties engine,
		@NestedConfigurationProperty @DefaultValue ContextProperties context,
		@NestedConfigurationProperty @DefaultValue CancellationProperties cancellation,
		@DefaultValue FailureLog failureLog, @NestedConfigurationProperty @Nullable ExporterProperties exporter,
		@NestedConfigurationProperty @Nullable BatchProperties batch,
		@NestedConfigurationProperty @Nullable RetryProperties retry,
		@DefaultValue Map<String, PipelineProperties> pipelines,
		@NestedConfigurationProperty @DefaultValue OtlpProperties otlp,
		@NestedConfigurationProperty @DefaultValue ErrorsProperties errors,
		@NestedConfigurationProperty @DefaultValue LoggingProperties logging) {

	/** Prefix of all properties. */
	public static final String PREFIX = "ferrule";

	/**
	 * Lets the exporter of the only pipeline send to a server that a bean names.
	 * @param details the server, or {@code null} if the properties name it
	 * @return the properties; as they are if they describe no single pipeline
	 */
	public FerruleProperties withConnection(@Nullable OtlpExporterConnectionDetails details) {
		if (details == null || !this.pipelines.isEmpty() || this.engine.configLocation() != null) {
			return this;
		}
		ExporterProperties base = (this.exporter != null) ? this.exporter : ExporterProperties.log();
		return new FerruleProperties(this.enabled, this.nativeLibrary, this.engine, this.context, this.cancellation,
				this.failureLog, base.withConnection(details), this.batch, this.retry, this.pipelines, this.otlp,
				this.errors, this.logging);
	}

	/**
	 * Log of failed calls.
	 *
	 * @param enabled Whether to log failed calls, at a level that fits the failure.
	 */
	record FailureLog(@DefaultValue("true") boolean enabled) {
	}

}
