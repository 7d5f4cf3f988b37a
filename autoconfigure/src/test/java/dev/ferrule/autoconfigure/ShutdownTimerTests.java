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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownTimer} and {@link ShutdownDelay}.
 */
class ShutdownTimerTests {

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final CountDownLatch cancelled = new CountDownLatch(1);

	@Test
	void cancelsSomeTimeAfterItsContextClosed() throws Exception {
		timer(Duration.ofMillis(1)).onApplicationEvent(new ContextClosedEvent(this.context));
		assertThat(this.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void leavesTheCallsAloneOnceDisarmed() throws Exception {
		ShutdownTimer timer = timer(Duration.ofMillis(200));
		timer.onApplicationEvent(new ContextClosedEvent(this.context));
		timer.disarm();
		assertThat(this.cancelled.await(400, TimeUnit.MILLISECONDS)).isFalse();
	}

	@Test
	void cancelsAlsoAfterAnEarlierStop() throws Exception {
		ShutdownTimer timer = timer(Duration.ofMillis(1));
		timer.disarm();
		timer.onApplicationEvent(new ContextClosedEvent(this.context));
		assertThat(this.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void leavesNoThreadOfAStoppedContext() throws Exception {
		ShutdownTimer timer = timer(Duration.ofMillis(200));
		timer.disarm();
		timer.onApplicationEvent(new ContextClosedEvent(this.context));
		timer.destroy();
		assertThat(this.cancelled.await(400, TimeUnit.MILLISECONDS)).isFalse();
	}

	@Test
	void ignoresOtherContexts() throws Exception {
		timer(Duration.ZERO).onApplicationEvent(new ContextClosedEvent(new GenericApplicationContext(this.context)));
		assertThat(this.cancelled.await(200, TimeUnit.MILLISECONDS)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "10s, , , 10s", "10s, 20s, 15s, 10s", "60s, , , 28s", "10s, 4s, , 3s", "10s, 4000, 4, 3s",
			"10s, 30s, 2s, 1500ms", "0s, 30s, 30s, 0s", "10s, 0s, 0s, 10s", "10s, 30s, -1s, 10s",
			"9999999d, 30s, -1s, 28s" })
	void delayLeavesTimeForTheAnswers(String drain, String phase, String grace, String expected) {
		List<String> properties = new ArrayList<>();
		if (phase != null) {
			properties.add("spring.lifecycle.timeout-per-shutdown-phase=" + phase);
		}
		if (grace != null) {
			properties.add("spring.grpc.server.shutdown.grace-period=" + grace);
		}
		new ApplicationContextRunner().withUserConfiguration(ServersConfiguration.class)
			.withPropertyValues(properties.toArray(String[]::new))
			.run((context) -> assertThat(ShutdownDelay.of(DurationStyle.detectAndParse(drain), context))
				.isEqualTo(DurationStyle.detectAndParse(expected)));
	}

	@Test
	void delayWithoutPropertiesOfServersIsThatOfTheirDefaults() {
		assertThat(ShutdownDelay.of(Duration.ofSeconds(60), new StaticListableBeanFactory()))
			.isEqualTo(Duration.ofSeconds(28));
	}

	private ShutdownTimer timer(Duration delay) {
		return new ShutdownTimer(this.context, delay, () -> 1, this.cancelled::countDown);
	}

	@EnableConfigurationProperties({ LifecycleProperties.class, GrpcServerProperties.class })
	static class ServersConfiguration {

	}

}
