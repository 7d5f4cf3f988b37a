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

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties for what the application's own clients are told about failures of the
 * engine.
 *
 * @param web Spring MVC and WebFlux.
 * @param grpc gRPC.
 */
record ErrorsProperties(@NestedConfigurationProperty @DefaultValue Web web,
		@NestedConfigurationProperty @DefaultValue Grpc grpc) {

	/**
	 * Spring MVC and WebFlux.
	 *
	 * @param enabled Whether to answer requests whose controller fails with a
	 * TelemetryEngineException with problem details.
	 */
	record Web(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * gRPC.
	 *
	 * @param enabled Whether to close calls whose service fails with a
	 * TelemetryEngineException with its code, RetryInfo and ErrorInfo.
	 */
	record Grpc(@DefaultValue("true") boolean enabled) {
	}

}
