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

package dev.ferrule.engine.jna.call;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import dev.ferrule.engine.jna.abi.RefusalCodes;
import dev.ferrule.error.EngineUnavailableException;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalReasonTests {

	private final CallStatistics statistics = new CallStatistics();

	@Test
	void everyReasonOfTheEngineIsKnown() {
		assertThat(RefusalReason.values()).extracting(RefusalReason::code)
			.containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	}

	@ParameterizedTest
	@EnumSource(names = { "STOPPING", "STALE_HANDLE", "ENDED" })
	void refusalsOfAStoppingEngineSaySo(RefusalReason reason) {
		Failure own = reason.exception(CallSubmitter.RETRY_DELAY).failure();
		Failure engine = RefusalReason
			.exception(FakeNativeApi.refusal(ErrorKind.RETRYABLE, reason.code(), 1), this.statistics)
			.failure();
		assertThat(List.of(own, engine)).allSatisfy((failure) -> {
			assertThat(failure.kind()).isEqualTo(ErrorKind.RETRYABLE);
			assertThat(failure.cause()).isEqualTo(CancellationCause.SHUTDOWN);
		});
	}

	@ParameterizedTest
	@EnumSource
	void onlyAnEngineThatTakesNoCallsIsUnavailable(RefusalReason reason) {
		boolean unavailable = Set.of("NOT_READY", "STOPPING", "STALE_HANDLE", "ENDED").contains(reason.name());
		TelemetryEngineException own = reason.exception(CallSubmitter.RETRY_DELAY);
		long refusal = FakeNativeApi.refusal(own.kind(), reason.code(), 1000);
		TelemetryEngineException engine = RefusalReason.exception(refusal, this.statistics);
		assertThat(List.of(own, engine)).allSatisfy((exception) -> {
			assertThat(exception instanceof EngineUnavailableException).isEqualTo(unavailable);
			assertThat(exception.retryDelay()).isEqualTo(Duration.ofSeconds(1));
			assertThat(exception.getStackTrace()).isEmpty();
		});
		assertThat(this.statistics.counters(0, 0).degradedErrors()).isZero();
	}

	@Test
	void reasonOfANewerEngineIsCounted() {
		TelemetryEngineException exception = RefusalReason
			.exception(FakeNativeApi.refusal(ErrorKind.RESOURCE_EXHAUSTED, 200, 5), this.statistics);
		assertThat(exception.kind()).isEqualTo(ErrorKind.RESOURCE_EXHAUSTED);
		assertThat(exception).hasMessageContaining("200");
		assertThat(this.statistics.counters(0, 0).degradedErrors()).isOne();
	}

	@Test
	void payloadThatIsTooLargeHasItsOwnCodes() {
		Failure failure = RefusalReason
			.exception(FakeNativeApi.refusal(ErrorKind.PERMANENT, RefusalCodes.PAYLOAD_TOO_LARGE, 0), this.statistics)
			.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.PERMANENT);
		assertThat(failure.grpcCode()).isEqualTo(8);
		assertThat(failure.httpStatus()).isEqualTo(413);
		assertThat(failure.permanent()).isTrue();
		assertThat(failure.cause()).isNull();
	}

}
