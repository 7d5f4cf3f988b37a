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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EngineLifecycle}.
 */
class EngineLifecycleTests {

	private final List<String> events = new ArrayList<>();

	@Test
	void stopsAfterTheWebServerAndStartsBeforeIt() {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean("web", SmartLifecycle.class,
					() -> new Recorded("web", WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE));
			context.registerBean(EngineLifecycle.class, this::lifecycle);
			context.refresh();
		}
		assertThat(this.events).containsExactly("accept", "web start", "web stop", "refuse");
	}

	@Test
	void acceptsAgainAfterARestart() {
		EngineLifecycle lifecycle = lifecycle();
		assertThat(lifecycle.isRunning()).isFalse();
		lifecycle.start();
		lifecycle.stop();
		assertThat(lifecycle.isRunning()).isFalse();
		lifecycle.start();
		assertThat(lifecycle.isRunning()).isTrue();
		assertThat(this.events).containsExactly("accept", "refuse", "accept");
	}

	private EngineLifecycle lifecycle() {
		return new EngineLifecycle(() -> this.events.add("accept"), () -> this.events.add("refuse"));
	}

	private final class Recorded implements SmartLifecycle {

		private final String name;

		private final int phase;

		private boolean running;

		Recorded(String name, int phase) {
			this.name = name;
			this.phase = phase;
		}

		@Override
		public void start() {
			EngineLifecycleTests.this.events.add(this.name + " start");
			this.running = true;
		}

		@Override
		public void stop() {
			EngineLifecycleTests.this.events.add(this.name + " stop");
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

}
