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

package dev.ferrule.actuate;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import dev.ferrule.actuate.RecentFailures.RecentFailure;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.EndedCall;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecentFailures}.
 */
class RecentFailuresTests {

	private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

	private final RecentFailures failures = new RecentFailures(Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void failureIsKeptCleanAndWithoutHeaders() {
		CallContext context = CallContext.builder()
			.trace(TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, null, true))
			.metadata(ClientMetadata.builder().add("authorization", "Bearer secret").build())
			.build();
		this.failures.onEnd(call(Failure.cancelled(CancellationCause.CLIENT, "line 1\r\nline 2"), context));
		assertThat(this.failures.byKind()).containsOnlyKeys(ErrorKind.CANCELLED);
		assertThat(this.failures.byKind().get(ErrorKind.CANCELLED))
			.containsExactly(new RecentFailure(NOW, failureCode(), 0, CancellationCause.CLIENT, "main", Signal.LOGS,
					"line 1 line 2", "4c1fd2e8a07b9635f1d0c3b2a4956871"));
	}

	@Test
	void manyOfOneKindLeaveOthersAlone() {
		this.failures.onEnd(call(Failure.of(ErrorKind.PERMANENT, "rare"), CallContext.background()));
		for (int i = 1; i <= 1000; i++) {
			this.failures.onEnd(call(Failure.of(ErrorKind.TIMEOUT, "late " + i), CallContext.background()));
		}
		List<RecentFailure> late = this.failures.byKind().get(ErrorKind.TIMEOUT);
		assertThat(late).hasSize(20);
		assertThat(late.get(0).message()).isEqualTo("late 1000");
		assertThat(late.get(19).message()).isEqualTo("late 981");
		assertThat(this.failures.byKind().get(ErrorKind.PERMANENT)).hasSize(1);
	}

	@Test
	void successIsNotKept() {
		this.failures.onEnd(call(null, CallContext.background()));
		assertThat(this.failures.byKind()).isEmpty();
		assertThat(this.failures.isFailuresOnly()).isTrue();
	}

	private static int failureCode() {
		return Failure.cancelled(CancellationCause.CLIENT, "").grpcCode();
	}

	private static EndedCall call(Failure failure, CallContext context) {
		return new EndedCall(Signal.LOGS, "main", 7, context, null, failure, EndedCall.Times.ZERO, 1, null);
	}

}
