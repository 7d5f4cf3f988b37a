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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.jna.EngineFixture;
import dev.ferrule.error.TelemetryEngineException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class CallTableTests {

	@Test
	void callIsTakenOnce() {
		CallTable calls = new CallTable(10);
		EngineCall call = register(calls, 0);
		assertThat(calls.size()).isOne();
		assertThat(calls.take(call.id())).isSameAs(call);
		assertThat(calls.take(call.id())).isNull();
		assertThat(calls.take(call)).isFalse();
		assertThat(calls.size()).isZero();
	}

	@Test
	void unknownIdTakesNothing() {
		CallTable calls = new CallTable(10);
		EngineCall call = register(calls, 0);
		assertThat(calls.take(0)).isNull();
		assertThat(calls.take(-1)).isNull();
		assertThat(calls.take(call.id() + 32)).isNull();
		assertThat(calls.size()).isOne();
	}

	@Test
	void idsAreNeverZeroAndSkipTakenSlots() {
		CallTable calls = new CallTable(8, -3);
		Set<Long> ids = new HashSet<>();
		EngineCall old = register(calls, 0);
		ids.add(old.id());
		for (int i = 0; i < 100; i++) {
			EngineCall call = register(calls, 0);
			assertThat(call.id()).isNotZero();
			assertThat(ids.add(call.id())).isTrue();
			assertThat(calls.take(call)).isTrue();
			calls.leave(call);
		}
		assertThat(calls.take(old.id())).isSameAs(old);
	}

	@Test
	void fullTableTakesNoMoreCalls() {
		CallTable calls = new CallTable(1);
		List<EngineCall> entered = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			entered.add(register(calls, 0));
		}
		assertThat(calls.register(call(0), 0)).isFalse();
		calls.take(entered.get(7));
		assertThat(calls.register(call(0), 0)).isFalse();
		calls.leave(entered.get(7));
		assertThat(calls.register(call(0), 0)).isTrue();
	}

	@Test
	void onlyOverdueCallsAreTaken() {
		CallTable calls = new CallTable(10);
		EngineCall early = register(calls, Long.MAX_VALUE - 5);
		EngineCall late = register(calls, Long.MIN_VALUE + 5);
		List<EngineCall> overdue = new ArrayList<>();
		calls.takeOverdue(Long.MAX_VALUE, overdue::add);
		assertThat(overdue).containsExactly(early);
		assertThat(calls.take(late)).isTrue();
	}

	@Test
	void outcomesThatWaitCountAsCallsInFlight() {
		CallTable calls = new CallTable(3);
		EngineCall waits = register(calls, 0);
		register(calls, 0);
		assertThat(calls.take(waits)).isTrue();
		assertThat(calls.size()).isOne();
		assertThat(calls.waiting()).isOne();
		assertThat(calls.find(waits.id())).isNull();
		register(calls, 0);
		assertThat(calls.register(call(0), 0)).isFalse();
		calls.leave(waits);
		assertThat(calls.waiting()).isZero();
		register(calls, 0);
	}

	@Test
	void outcomeThatWaitsForTooLongIsFoundOnce() {
		CallTable calls = new CallTable(3);
		EngineCall call = register(calls, 10);
		List<EngineCall> stuck = new ArrayList<>();
		calls.forEachStuck(11, stuck::add);
		assertThat(calls.take(call)).isTrue();
		calls.forEachStuck(11, stuck::add);
		assertThat(stuck).isEmpty();
		call.fail(MeasuredFailure.atOnce(TelemetryEngineException.of(OutcomeDelivery.LOST)));
		calls.forEachStuck(10, stuck::add);
		assertThat(stuck).isEmpty();
		calls.forEachStuck(11, stuck::add);
		calls.forEachStuck(11, stuck::add);
		assertThat(stuck).containsExactly(call);
	}

	@Test
	void takeAllEmptiesTheTable() {
		CallTable calls = new CallTable(10);
		Set<EngineCall> entered = Set.of(register(calls, 0), register(calls, 0));
		Set<EngineCall> taken = new HashSet<>();
		calls.takeAll(taken::add);
		assertThat(taken).isEqualTo(entered);
		assertThat(calls.size()).isZero();
	}

	/**
	 * Scenario: threads enter calls while others take them by id, twice each. Guarantees:
	 * every call is taken exactly once and no id comes twice.
	 */
	@Test
	void everyCallHasOneWinner() throws InterruptedException {
		CallTable calls = new CallTable(64);
		int perThread = 20_000;
		ConcurrentLinkedQueue<Long> entered = new ConcurrentLinkedQueue<>();
		Set<Long> ids = ConcurrentHashMap.newKeySet();
		AtomicInteger taken = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(4);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		for (int thread = 0; thread < 2; thread++) {
			threads.execute(() -> {
				for (int i = 0; i < perThread; i++) {
					EngineCall call = call(0);
					while (!calls.register(call, 0)) {
						Thread.onSpinWait();
					}
					ids.add(call.id());
					entered.add(call.id());
				}
				done.countDown();
			});
			threads.execute(() -> {
				while (taken.get() < 2 * perThread) {
					Long id = entered.poll();
					if (id != null) {
						EngineCall call = calls.take(id);
						taken.addAndGet((calls.take(id) != null) ? 1_000_000 : 1);
						calls.leave(call);
					}
				}
				done.countDown();
			});
		}
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		threads.shutdownNow();
		assertThat(taken).hasValue(2 * perThread);
		assertThat(ids).hasSize(2 * perThread);
		assertThat(calls.size()).isZero();
		assertThat(calls.waiting()).isZero();
	}

	private static EngineCall register(CallTable calls, long deadlineNanos) {
		EngineCall call = call(deadlineNanos);
		assertThat(calls.register(call, 0)).isTrue();
		return call;
	}

	private static EngineCall call(long deadlineNanos) {
		return new EngineCall(mock(CallOwner.class), CallContext.background(), deadlineNanos, EngineFixture.payload(),
				0);
	}

}
