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

import dev.ferrule.autoconfigure.connection.OtlpExporterConnectionDetails;
import dev.ferrule.autoconfigure.engine.EngineSpecification;
import dev.ferrule.autoconfigure.engine.MemoryBudget;
import dev.ferrule.autoconfigure.properties.FerruleProperties;
import dev.ferrule.autoconfigure.properties.NativeProperties;
import dev.ferrule.autoconfigure.ssl.ExporterBundles;
import dev.ferrule.engine.EngineConfigCustomizer;
import dev.ferrule.engine.jna.library.NativeLibraryOptions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

/**
 * Bean definitions for what is needed to start an engine, or to ask it whether it would
 * start.
 */
abstract class SpecificationConfiguration {

	@Bean
	ExporterBundles ferruleExporterBundles(FerruleProperties properties, ObjectProvider<SslBundles> registry,
			ObjectProvider<OtlpExporterConnectionDetails> connection) {
		return new ExporterBundles(properties.withConnection(connection.getIfAvailable()), registry.getIfAvailable());
	}

	@Bean
	EngineSpecification ferruleEngineSpecification(FerruleProperties properties,
			ObjectProvider<EngineConfigCustomizer> customizers, ExporterBundles bundles,
			ObjectProvider<OtlpExporterConnectionDetails> connection) {
		return EngineSpecification
			.compose(properties.withConnection(connection.getIfAvailable()), MemoryBudget.detect(),
					customizers.orderedStream().toList())
			.withTlsBundles(bundles.toMap());
	}

	static NativeLibraryOptions library(FerruleProperties properties) {
		NativeProperties library = properties.nativeLibrary();
		return new NativeLibraryOptions(library.path(), library.cacheDirectory());
	}

}
