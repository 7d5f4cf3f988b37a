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

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Life cycle that makes the engine accept calls while the context runs. Stops after the
 * web servers, whose requests in flight need the engine, and starts before them. The
 * engine itself runs until its bean is destroyed, so that a paused context can go on.
 */
final class EngineLifecycle implements SmartLifecycle {

	// A constant that the compiler copies: there may be no web server on the class path.
	static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;

	private final Runnable accept;

	private final Runnable refuse;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param accept makes the engine accept calls
	 * @param refuse makes the engine refuse further calls; those in flight go on
	 */
	EngineLifecycle(Runnable accept, Runnable refuse) {
		this.accept = accept;
		this.refuse = refuse;
	}

	@Override
	public void start() {
		this.accept.run();
		this.running = true;
	}

	@Override
	public void stop() {
		this.refuse.run();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	// As the servers whose requests it works for
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
