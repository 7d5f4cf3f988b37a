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
import java.util.ArrayList;
import java.util.List;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.jna.EngineFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class OverdueSweepTests {

	private final CallTable calls = new CallTable(10);

	private final List<EngineCall> ended = new ArrayList<>();

	private static final Duration GRACE = Duration.ofMillis(500);

	private long now;

	private final OverdueSweep sweep = new OverdueSweep(this.calls, this.ended::add, this.ended::add, GRACE, "ferrule",
			() -> this.now);

	@AfterEach
	void close() {
		this.sweep.close();
	}

	@Test
	void callIsEndedWhenGraceAndSlackArePast() {
		EngineCall call = register(Duration.ofMillis(1500));
		round(Duration.ofSeconds(1));
		round(Duration.ofSeconds(1));
		round(Duration.ofMillis(999));
		assertThat(this.ended).isEmpty();
		round(Duration.ofMillis(2));
		assertThat(this.ended).containsExactly(call);
		assertThat(this.calls.size()).isZero();
	}

	@Test
	void outcomeThatAPauseKeptBackIsWaitedFor() {
		EngineCall call = register(Duration.ofSeconds(1));
		round(Duration.ofSeconds(10));
		assertThat(this.calls.take(call.id())).isSameAs(call);
		round(Duration.ofSeconds(1));
		assertThat(this.ended).isEmpty();
	}

	@Test
	void callWithoutOutcomeIsEndedInTheRoundAfterAPause() {
		EngineCall call = register(Duration.ofSeconds(1));
		round(Duration.ofSeconds(10));
		round(Duration.ofSeconds(1));
		assertThat(this.ended).containsExactly(call);
	}

	@Test
	void everySecondRoundLooksWhereAllAreLate() {
		EngineCall call = register(Duration.ofSeconds(1));
		round(Duration.ofSeconds(10));
		round(Duration.ofSeconds(10));
		assertThat(this.ended).containsExactly(call);
	}

	private void round(Duration after) {
		this.now += after.toNanos();
		this.sweep.run();
	}

	private EngineCall register(Duration deadline) {
		EngineCall call = new EngineCall(mock(CallOwner.class), CallContext.background(), deadline.toNanos(),
				EngineFixture.payload(), 0);
		assertThat(this.calls.register(call, 0)).isTrue();
		return call;
	}

}
