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

package dev.ferrule.autoconfigure.engine;

import dev.ferrule.error.TelemetryEngineException;

/**
 * Failure of the engine to start with the configuration it was given.
 */
public class EngineStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient ConfigurationOrigin origin;

	private final TelemetryEngineException refusal;

	public EngineStartException(ConfigurationOrigin origin, TelemetryEngineException cause) {
		super("The telemetry engine did not start: " + cause.getMessage(), cause);
		this.origin = origin;
		this.refusal = cause;
	}

	public ConfigurationOrigin getOrigin() {
		return this.origin;
	}

	public TelemetryEngineException getRefusal() {
		return this.refusal;
	}

}
