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

import java.time.Duration;
import java.util.List;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.TraceContext;
import dev.ferrule.engine.CallInFlight;
import dev.ferrule.engine.CallPhase;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.EngineState;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.jna.abi.PhaseCodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NativeEngineInspector}.
 */
class NativeEngineInspectorTests {

	private final EngineFixture fixture = new EngineFixture();

	private final EngineInspector inspector = this.fixture.engine.inspector();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void callIsDescribedByAgeAndTimeLeft() {
		this.fixture.submit(CallContext.builder()
			.deadline(Deadline.after(Duration.ofSeconds(3), this.fixture.clock::get))
			.trace(TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, null, true))
			.build());
		this.fixture.clock.addAndGet(Duration.ofSeconds(1).toNanos());
		CallInFlight call = this.inspector.oldestCalls(10).get(0);
		assertThat(call).isEqualTo(new CallInFlight(call.id(), Signal.TRACES, "main", CallPhase.EXPORT, 3,
				Duration.ofSeconds(1), Duration.ofSeconds(2), false, "4c1fd2e8a07b9635f1d0c3b2a4956871"));
		assertThat(this.inspector.call(call.id())).isEqualTo(call);
		assertThat(this.inspector.call(call.id() + 1)).isNull();
	}

	@Test
	void phasesAreThoseOfTheCallsAndUnknownOnesAreLeftOut() {
		for (int i = 0; i < 3; i++) {
			this.fixture.submit();
			this.fixture.clock.addAndGet(1);
		}
		this.fixture.api.phases = List.of(PhaseCodes.EXPORT, 0, PhaseCodes.QUEUED);
		assertThat(this.inspector.oldestCalls(3)).extracting(CallInFlight::phase)
			.containsExactly(CallPhase.EXPORT, null, CallPhase.QUEUED);
		this.fixture.api.phases = List.of(PhaseCodes.DECODING, PhaseCodes.PIPELINE, 99);
		assertThat(this.inspector.oldestCalls(3)).extracting(CallInFlight::phase)
			.containsExactly(CallPhase.DECODING, CallPhase.PIPELINE, null);
	}

	@Test
	void oldestCallsComeFirstAndOthersAreLeftOut() {
		for (int i = 0; i < 50; i++) {
			this.fixture.submit();
			this.fixture.clock.addAndGet(1000);
		}
		assertThat(this.inspector.oldestCalls(3)).extracting(CallInFlight::age)
			.containsExactly(Duration.ofNanos(50_000), Duration.ofNanos(49_000), Duration.ofNanos(48_000));
	}

	@Test
	void stateTellsAPauseFromAnEnd() {
		assertThat(this.inspector.state()).isEqualTo(EngineState.ACCEPTING);
		this.fixture.engine.stopAccepting();
		assertThat(this.inspector.state()).isEqualTo(EngineState.STOPPING);
		this.fixture.engine.resumeAccepting();
		assertThat(this.inspector.state()).isEqualTo(EngineState.ACCEPTING);
		this.fixture.engine.close();
		assertThat(this.inspector.state()).isEqualTo(EngineState.STOPPING);
	}

}
