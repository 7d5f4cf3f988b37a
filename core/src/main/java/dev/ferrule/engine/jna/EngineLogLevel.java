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

package dev.ferrule.engine.jna;

import dev.ferrule.engine.jna.abi.EngineHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Link between the levels of loggers and the engine: lets the engine make only those log
 * lines for which the logger above all of its lines is enabled, and lines for the steps
 * of calls only if their logger is at TRACE.
 */
final class EngineLogLevel {

	private static final int UNKNOWN = -1;

	private final Logger logger = LoggerFactory.getLogger(LogRelay.PREFIX);

	private final Logger calls = LoggerFactory.getLogger(LogRelay.PREFIX + ".call");

	private final EngineHandle engine;

	private int level = UNKNOWN;

	private boolean followCalls;

	EngineLogLevel(EngineHandle engine) {
		this.engine = engine;
	}

	/**
	 * Tells the engine what has changed. Used by one thread at a time.
	 */
	void update() {
		int level = level(this.logger);
		boolean follow = this.calls.isTraceEnabled();
		if ((level == this.level && follow == this.followCalls) || !this.engine.retain()) {
			return;
		}
		try {
			// Otherwise it is busy and asked again
			if (this.engine.api().engineLogLevel(this.engine.value(), level, follow ? 1 : 0) == 0) {
				this.level = level;
				this.followCalls = follow;
			}
		}
		finally {
			this.engine.release();
		}
	}

	private static int level(Logger logger) {
		if (logger.isTraceEnabled()) {
			return 1;
		}
		if (logger.isDebugEnabled()) {
			return 2;
		}
		if (logger.isInfoEnabled()) {
			return 3;
		}
		if (logger.isWarnEnabled()) {
			return 4;
		}
		return logger.isErrorEnabled() ? 5 : 0;
	}

}
