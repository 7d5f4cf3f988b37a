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
import java.util.concurrent.CompletableFuture;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.testsupport.TestingPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what a call in the engine and its context tell each other. They need the
 * library with nodes for tests.
 */
class ContextFaultTests {

	private final FaultEngine engine = new FaultEngine(TestingPipeline.LOCATION, "ferrule.context.default-deadline=0",
			"ferrule.context.maximum-deadline=0", "ferrule.context.metadata.capture=true",
			"ferrule.context.outbound.headers=x-tenant");

	private final CancellationSource source = new CancellationSource();

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void deadlineThatPassesInTheEngineEndsTheContext() {
		CallContext context = FaultEngine.context("hang")
			.deadline(Deadline.after(Duration.ofMillis(200)))
			.cancellation(this.source)
			.build();
		CompletableFuture<ExportResult> call = this.engine.submit(context);
		CompletableFuture<ExportResult> other = this.engine.submit(context);
		assertThat(FaultEngine.failure(call).kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(FaultEngine.failure(other).kind()).isEqualTo(ErrorKind.TIMEOUT);
		awaitEnd(CancellationCause.DEADLINE);
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void timerOfTheEdgeLeavesTheOutcomeToTheEngine() {
		CompletableFuture<ExportResult> call = this.engine.submit(FaultEngine.context("hang")
			.deadline(Deadline.after(Duration.ofMillis(200)))
			.cancellation(this.source)
			.build());
		this.source.cancel(CancellationCause.DEADLINE);
		assertThat(FaultEngine.failure(call).kind()).isEqualTo(ErrorKind.TIMEOUT);
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void shutdownEndsTheContext() {
		this.engine.submit(FaultEngine.context("hang").cancellation(this.source).build());
		this.engine.close();
		awaitEnd(CancellationCause.SHUTDOWN);
		this.engine.assertExactlyOneOutcome();
	}

	@Test
	void callWithoutLimitEndsByItself() {
		CompletableFuture<ExportResult> hanging = this.engine.submit("hang");
		assertThat(FaultEngine.result(this.engine.submit("ack"))).isNotNull();
		assertThat(hanging).isNotDone();
		hanging.cancel(true);
		this.engine.assertExactlyOneOutcome();
	}

	private void awaitEnd(CancellationCause cause) {
		Awaitility.await().untilAsserted(() -> assertThat(this.source.token().cause()).isEqualTo(cause));
	}

}
