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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.jna.NativeEngine;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An application with an engine, which counts how often each call ends.
 */
final class FaultEngine implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final NativeEngine engine;

	private final List<CompletableFuture<ExportResult>> calls = new ArrayList<>();

	private final AtomicInteger outcomes = new AtomicInteger();

	FaultEngine(String... properties) {
		this.context = new SpringApplicationBuilder(FerruleAutoConfiguration.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "ferrule.engine.drain-timeout=500ms")
			.properties(properties)
			.run();
		this.engine = (NativeEngine) this.context.getBean(TelemetryEngine.class);
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Submits a call that the exporter for tests answers as told.
	 * @param outcome what the exporter is to do
	 * @return the future of the engine
	 */
	CompletableFuture<ExportResult> submit(String outcome) {
		return submit(context(outcome).build());
	}

	CompletableFuture<ExportResult> submit(String outcome, Duration deadline) {
		return submit(context(outcome).deadline(Deadline.after(deadline)).build());
	}

	CompletableFuture<ExportResult> submit(CallContext context) {
		CompletableFuture<ExportResult> call = this.engine.submit(TestingPipeline.payload(TestingPipeline.SPANS),
				context);
		this.calls.add(call);
		call.whenComplete((result, failure) -> this.outcomes.incrementAndGet());
		return call;
	}

	static CallContext.Builder context(String outcome) {
		return CallContext.builder().metadata(ClientMetadata.builder().add(TestingPipeline.OUTCOME, outcome).build());
	}

	/**
	 * Waits for the failure of a call.
	 * @param call the future
	 * @return the failure
	 */
	static TelemetryEngineException failure(CompletableFuture<ExportResult> call) {
		awaitDone(call);
		Throwable failure = catchThrowable(call::join);
		assertThat(failure).hasCauseInstanceOf(TelemetryEngineException.class);
		return (TelemetryEngineException) failure.getCause();
	}

	static ExportResult result(CompletableFuture<ExportResult> call) {
		awaitDone(call);
		return call.join();
	}

	static void awaitDone(CompletableFuture<ExportResult> call) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(call::isDone);
	}

	EngineCounters counters() {
		return this.engine.inspector().counters();
	}

	/**
	 * Asserts what must hold after every fault: each call ended, and ended once.
	 */
	void assertExactlyOneOutcome() {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			EngineCounters counters = counters();
			assertThat(counters.inFlight()).isZero();
			assertThat(counters.completed()).isEqualTo(counters.submitted()).isEqualTo(this.calls.size());
			assertThat(counters.lastNetFired()).isZero();
			assertThat(counters.malformedRecords()).isZero();
			assertThat(counters.pollErrors()).isZero();
			assertThat(this.calls).allMatch(CompletableFuture::isDone);
			assertThat(this.outcomes).hasValue(this.calls.size());
		});
	}

	@Override
	public void close() {
		this.context.close();
	}

}
