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
import java.util.concurrent.atomic.AtomicLong;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.FakeNativeApi;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CancellationSender}.
 */
class CancellationSenderTests {

	private final FakeNativeApi api = new FakeNativeApi();

	private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE);

	private final CancellationSender cancellations = new CancellationSender(
			new EngineHandle(this.api, FakeNativeApi.ENGINE), this.clock::get);

	@Test
	void timeIsSinceTheFirstCancellation() {
		this.api.inFlight.add(-1L);
		this.cancellations.cancel(-1, CancellationCause.CLIENT);
		this.clock.addAndGet(5);
		this.cancellations.cancel(-1, CancellationCause.SHUTDOWN);
		this.clock.addAndGet(2);
		assertThat(this.cancellations.end(-1)).isEqualTo(Duration.ofNanos(7));
		assertThat(this.cancellations.end(-1)).isNull();
		assertThat(this.api.cancels).containsExactly("-1:CLIENT", "-1:SHUTDOWN");
	}

	@Test
	void callThatCouldNotBeCancelledAnyMoreHasNone() {
		this.cancellations.cancel(1, CancellationCause.CLIENT);
		assertThat(this.cancellations.end(1)).isNull();
	}

}
