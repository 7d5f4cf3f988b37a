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

package dev.ferrule.lifecycle;

import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.EngineUnavailableException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that contexts can be stopped and paused, and started again, with one engine.
 */
class ContextRestartTests {

	@Test
	void stoppedContextRefusesCallsUntilItIsStartedAgain() {
		try (ConfigurableApplicationContext context = SomeApplication.start()) {
			NativeEngine engine = context.getBean(NativeEngine.class);
			for (int i = 0; i < 2; i++) {
				context.stop();
				assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> engine.reserve(1));
				assertThat(health(context)).isEqualTo(Status.OUT_OF_SERVICE);
				context.start();
				SomeApplication.submit(engine);
				assertThat(health(context)).isEqualTo(Status.UP);
			}
		}
	}

	@Test
	void pausedContextTakesCalls() {
		try (ConfigurableApplicationContext context = SomeApplication.start()) {
			NativeEngine engine = context.getBean(NativeEngine.class);
			context.pause();
			assertThat(context.isRunning()).isFalse();
			SomeApplication.submit(engine);
			assertThat(health(context)).isEqualTo(Status.UP);
			context.restart();
			SomeApplication.submit(engine);
			assertThat(engine.inspector().counters().succeeded()).isEqualTo(2);
		}
	}

	@Test
	void cachedContextOfATestKeepsItsEngineWhileAnotherIsUsed() throws Exception {
		TestContextManager first = new TestContextManager(FirstTest.class);
		TestContextManager second = new TestContextManager(SecondTest.class);
		NativeEngine engine = use(first);
		assertThat(use(second)).isNotSameAs(engine);
		SomeApplication.submit(engine);
		assertThat(use(first)).isSameAs(engine);
		assertThat(engine.inspector().counters().succeeded()).isEqualTo(3);
		first.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		second.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> engine.reserve(1));
	}

	private static NativeEngine use(TestContextManager test) throws Exception {
		test.beforeTestClass();
		ApplicationContext context = test.getTestContext().getApplicationContext();
		assertThat(((ConfigurableApplicationContext) context).isRunning()).isTrue();
		NativeEngine engine = context.getBean(NativeEngine.class);
		SomeApplication.submit(engine);
		test.afterTestClass();
		return engine;
	}

	private static Status health(ApplicationContext context) {
		return context.getBean(HealthEndpoint.class).healthForPath("ferrule").getStatus();
	}

	@SpringBootTest(classes = SomeApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = "test=1")
	static class FirstTest {

	}

	@SpringBootTest(classes = SomeApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = "n=2")
	static class SecondTest {

	}

}
