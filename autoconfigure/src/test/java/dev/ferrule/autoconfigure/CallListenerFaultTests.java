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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.observability.FailureLog;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of listeners of calls and the log of failures. They need the library with nodes
 * for tests.
 */
@ExtendWith(OutputCaptureExtension.class)
class CallListenerFaultTests {

	private static final TraceContext TRACE = TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617",
			1, null, true);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(FerruleAutoConfiguration.class))
		.withPropertyValues(TestingPipeline.LOCATION, "ferrule.engine.drain-timeout=500ms");

	@Test
	void listenersAreToldInTheirOrderOfEachCallOnce() {
		this.runner.withUserConfiguration(Listeners.class).run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);
			NativeEngine engine = context.getBean(NativeEngine.class);
			for (String outcome : List.of("ack", "permanent", "retryable", "nack")) {
				submit(context, FaultEngine.context(outcome).build());
			}
			submit(context, FaultEngine.context("hang").build()).cancel(true);
			submit(context, FaultEngine.context("hang").deadline(Deadline.after(Duration.ofMillis(100))).build());
			submit(context, FaultEngine.context("ack").deadline(Deadline.after(Duration.ZERO)).build());
			Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				assertThat(listeners.first).hasSize(7);
				assertThat(listeners.events).hasSize(14).doesNotContain("second before first");
			});
			EngineCounters counters = engine.inspector().counters();
			assertThat(counters.submitted()).isEqualTo(7);
			counters.failed()
				.forEach((kind,
						count) -> assertThat(listeners.first.stream().filter((call) -> kind == Listeners.kind(call)))
							.hasSize(count.intValue()));
			assertThat(counters.failed()).containsEntry(ErrorKind.TIMEOUT, 2L).containsEntry(ErrorKind.CANCELLED, 1L);
			assertThat(counters.listenerErrors()).isZero();
		});
	}

	@Test
	void failedCallIsLoggedWithItsTrace(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(FailureLog.class);
			submit(context,
					FaultEngine.context("hang").trace(TRACE).deadline(Deadline.after(Duration.ofMillis(100))).build());
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output).contains("Call failed: kind=TIMEOUT signal=traces")
					.contains("traceId=4c1fd2e8a07b9635f1d0c3b2a4956871: "));
		});
	}

	@Test
	void failureLogWhenDisabledIsAbsent() {
		this.runner.withPropertyValues("ferrule.failure-log.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(FailureLog.class));
	}

	@Test
	void failureLogWhenUserDefinesBeanBacksOff() {
		this.runner.withBean("own", FailureLog.class)
			.run((context) -> assertThat(context).hasSingleBean(FailureLog.class).hasBean("own"));
	}

	private static CompletableFuture<ExportResult> submit(ApplicationContext context, CallContext call) {
		return context.getBean(TelemetryEngine.class).submit(TestingPipeline.payload(TestingPipeline.SPANS), call);
	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final Queue<EndedCall> first = new ConcurrentLinkedQueue<>();

		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		@Bean
		@Order(2)
		TelemetryCallListener second(TelemetryEngine engine) {
			// A listener may need what needs the engine
			assertThat(engine).isNotNull();
			return (call) -> this.events.add(this.first.contains(call) ? "second" : "second before first");
		}

		@Bean
		@Order(1)
		TelemetryCallListener first() {
			return (call) -> {
				this.first.add(call);
				this.events.add("first");
			};
		}

		static ErrorKind kind(EndedCall call) {
			return (call.failure() != null) ? call.failure().kind() : null;
		}

	}

}
