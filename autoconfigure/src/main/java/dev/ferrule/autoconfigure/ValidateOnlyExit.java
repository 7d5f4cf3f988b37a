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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Life cycle that ends an application whose configuration was only to be validated: once
 * all beans exist, and before anything opens a port.
 */
final class ValidateOnlyExit implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ValidateOnlyExit.class);

	private final Runnable exit;

	/**
	 * Creates the end.
	 * @param exit ends the application
	 */
	ValidateOnlyExit(Runnable exit) {
		this.exit = exit;
	}

	@Override
	public void start() {
		logger.info("The configuration is valid. The application ends, because ferrule.engine.validate-only is set");
		this.exit.run();
	}

	@Override
	public void stop() {
	}

	@Override
	public boolean isRunning() {
		return false;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
