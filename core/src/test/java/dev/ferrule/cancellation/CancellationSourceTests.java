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

package dev.ferrule.cancellation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.ferrule.cancellation.CancellationToken.Registration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link CancellationSource} and its token.
 */
@Timeout(60)
class CancellationSourceTests {

	private static final int ROUNDS = 2000;

	private final CancellationSource source = new CancellationSource();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stopThreads() throws InterruptedException {
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void newSourceIsNotCancelled() {
		assertThat(this.source.token().isCancelled()).isFalse();
		assertThat(this.source.token().cause()).isNull();
	}

	@Test
	void tokenIsAlwaysTheSame() {
		assertThat(this.source.token()).isSameAs(this.source.token());
	}

	@Test
	void tokenCannotCancel() {
		assertThat(this.source.token()).isNotInstanceOf(CancellationSource.class);
	}

	@Test
	void cancelTellsTokenWhy() {
		assertThat(this.source.cancel(CancellationCause.CLIENT)).isTrue();
		assertThat(this.source.token().isCancelled()).isTrue();
		assertThat(this.source.token().cause()).isEqualTo(CancellationCause.CLIENT);
	}

	@Test
	void firstCauseWins() {
		this.source.cancel(CancellationCause.SHUTDOWN);
		assertThat(this.source.cancel(CancellationCause.CLIENT)).isFalse();
		assertThat(this.source.token().cause()).isEqualTo(CancellationCause.SHUTDOWN);
	}

	@Test
	void listenersAreCalledInOrderOfRegistration() {
		List<String> calls = new ArrayList<>();
		this.source.token().onCancel((cause) -> calls.add("first " + cause));
		this.source.token().onCancel((cause) -> calls.add("second " + cause));
		this.source.token().onCancel((cause) -> calls.add("third " + cause));
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(calls).containsExactly("first CLIENT", "second CLIENT", "third CLIENT");
	}

	@Test
	void listenerIsCalledOnceWhenCancelledTwice() {
		AtomicInteger calls = new AtomicInteger();
		this.source.token().onCancel((cause) -> calls.incrementAndGet());
		this.source.cancel(CancellationCause.CLIENT);
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(calls).hasValue(1);
	}

	@Test
	void listenerOfCancelledTokenIsCalledAtOnce() {
		this.source.cancel(CancellationCause.DOWNSTREAM);
		List<CancellationCause> calls = new ArrayList<>();
		Registration registration = this.source.token().onCancel(calls::add);
		assertThat(calls).containsExactly(CancellationCause.DOWNSTREAM);
		assertThatNoException().isThrownBy(registration::close);
	}

	@Test
	void failingListenerDoesNotStopTheOthers() {
		List<CancellationCause> calls = new ArrayList<>();
		this.source.token().onCancel((cause) -> {
			throw new IllegalStateException("exception of a test");
		});
		this.source.token().onCancel((cause) -> {
			throw new AssertionError("error of a test");
		});
		this.source.token().onCancel(calls::add);
		assertThat(this.source.cancel(CancellationCause.CLIENT)).isTrue();
		assertThat(calls).containsExactly(CancellationCause.CLIENT);
	}

	@Test
	void failingListenerOfCancelledTokenDoesNotReachTheCaller() {
		this.source.cancel(CancellationCause.CLIENT);
		assertThatNoException().isThrownBy(() -> this.source.token().onCancel((cause) -> {
			throw new IllegalStateException("exception of a test");
		}));
	}

	@Test
	void listenerMayCancelAndRegister() {
		List<String> calls = new ArrayList<>();
		this.source.token().onCancel((cause) -> {
			calls.add("again: " + this.source.cancel(CancellationCause.SHUTDOWN));
			this.source.token().onCancel((inner) -> calls.add("inner " + inner));
		});
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(calls).containsExactly("again: false", "inner CLIENT");
	}

	@Test
	void listenerMayRemoveALaterOne() {
		List<String> calls = new ArrayList<>();
		List<Registration> registrations = new ArrayList<>();
		this.source.token().onCancel((cause) -> registrations.get(0).close());
		registrations.add(this.source.token().onCancel((cause) -> calls.add("removed")));
		this.source.token().onCancel((cause) -> calls.add("kept"));
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(calls).containsExactly("kept");
	}

	@Test
	void closedRegistrationIsNotCalled() {
		AtomicInteger calls = new AtomicInteger();
		Registration registration = this.source.token().onCancel((cause) -> calls.incrementAndGet());
		registration.close();
		registration.close();
		this.source.cancel(CancellationCause.CLIENT);
		registration.close();
		assertThat(calls).hasValue(0);
	}

	@Test
	void anyListenerCanBeRemovedInAnyOrder() {
		int[][] orders = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
		for (int[] order : orders) {
			SourceToken token = new SourceToken();
			List<Registration> registrations = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				registrations.add(token.onCancel((cause) -> {
				}));
			}
			for (int removed = 0; removed < 3; removed++) {
				assertThat(token.listenerCount()).isEqualTo(3 - removed);
				registrations.get(order[removed]).close();
			}
			assertThat(token.listenerCount()).isZero();
		}
	}

	@Test
	void removedListenersLeaveNothingBehind() {
		SourceToken token = (SourceToken) this.source.token();
		try (Registration kept = token.onCancel((cause) -> {
		})) {
			for (int i = 0; i < 100_000; i++) {
				token.onCancel((cause) -> {
				}).close();
			}
			assertThat(token.listenerCount()).isOne();
		}
		assertThat(token.listenerCount()).isZero();
	}

	@Test
	void cancelledTokenHoldsNoListeners() {
		this.source.token().onCancel((cause) -> {
		});
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(((SourceToken) this.source.token()).listenerCount()).isZero();
	}

	@Test
	void noneIsNeverCancelled() {
		CancellationToken none = CancellationToken.none();
		List<CancellationCause> calls = new ArrayList<>();
		none.onCancel(calls::add).close();
		assertThat(none.isCancelled()).isFalse();
		assertThat(none.cause()).isNull();
		assertThat(calls).isEmpty();
	}

	/**
	 * Scenario: several threads cancel with different causes. Guarantees: one wins, its
	 * cause is kept and is the one that listeners see.
	 */
	@Test
	void oneOfSeveralCancellersWins() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			CancellationSource source = new CancellationSource();
			List<CancellationCause> seen = new ArrayList<>();
			source.token().onCancel(seen::add);
			List<Boolean> won = race(() -> source.cancel(CancellationCause.CLIENT),
					() -> source.cancel(CancellationCause.SHUTDOWN), () -> source.cancel(CancellationCause.DOWNSTREAM));
			assertThat(won).containsOnlyOnce(true);
			CancellationCause winner = List
				.of(CancellationCause.CLIENT, CancellationCause.SHUTDOWN, CancellationCause.DOWNSTREAM)
				.get(won.indexOf(true));
			assertThat(source.token().cause()).isEqualTo(winner);
			assertThat(seen).containsExactly(winner);
		}
	}

	/**
	 * Scenario: listeners are registered while another thread cancels. Guarantees: each
	 * is called exactly once, by one thread or the other.
	 */
	@Test
	void listenerRegisteredWhileCancellingIsCalledOnce() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			CancellationSource source = new CancellationSource();
			AtomicInteger calls = new AtomicInteger();
			Consumer<CancellationCause> listener = (cause) -> calls.incrementAndGet();
			Callable<Boolean> register = () -> {
				source.token().onCancel(listener);
				return true;
			};
			race(register, () -> source.cancel(CancellationCause.CLIENT), register);
			assertThat(calls).hasValue(2);
		}
	}

	/**
	 * Scenario: listeners are removed while another thread cancels. Guarantees: a removed
	 * listener is called at most once, its neighbours exactly once.
	 */
	@Test
	void listenerRemovedWhileCancellingIsCalledAtMostOnce() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			CancellationSource source = new CancellationSource();
			AtomicInteger neighbours = new AtomicInteger();
			AtomicInteger removed = new AtomicInteger();
			source.token().onCancel((cause) -> neighbours.incrementAndGet());
			Registration registration = source.token().onCancel((cause) -> removed.incrementAndGet());
			source.token().onCancel((cause) -> neighbours.incrementAndGet());
			race(() -> {
				registration.close();
				return true;
			}, () -> source.cancel(CancellationCause.CLIENT));
			assertThat(neighbours).hasValue(2);
			assertThat(removed).hasValueBetween(0, 1);
		}
	}

	/**
	 * Scenario: threads register and remove on a shared token. Guarantees: nothing is
	 * left, nothing is lost.
	 */
	@Test
	void sharedTokenForgetsWhatThreadsRemove() throws Exception {
		SourceToken token = (SourceToken) this.source.token();
		AtomicInteger calls = new AtomicInteger();
		Callable<Boolean> churn = () -> {
			for (int i = 0; i < ROUNDS; i++) {
				Registration first = token.onCancel((cause) -> calls.incrementAndGet());
				Registration second = token.onCancel((cause) -> calls.incrementAndGet());
				first.close();
				second.close();
			}
			token.onCancel((cause) -> calls.incrementAndGet());
			return true;
		};
		race(churn, churn, churn, churn);
		assertThat(token.listenerCount()).isEqualTo(4);
		this.source.cancel(CancellationCause.CLIENT);
		assertThat(calls).hasValue(4);
	}

	@SafeVarargs
	private List<Boolean> race(Callable<Boolean>... actions) throws Exception {
		CyclicBarrier start = new CyclicBarrier(actions.length);
		List<Future<Boolean>> futures = new ArrayList<>();
		for (Callable<Boolean> action : actions) {
			futures.add(this.threads.submit(() -> {
				start.await();
				return action.call();
			}));
		}
		List<Boolean> results = new ArrayList<>();
		for (Future<Boolean> future : futures) {
			results.add(future.get());
		}
		return results;
	}

	@Test
	void observerIsCalledForEachListenerAndForThoseThatAreThere() {
		CancellationSource source = new CancellationSource();
		AtomicInteger observed = new AtomicInteger();
		source.onObserved(observed::incrementAndGet);
		assertThat(observed).hasValue(0);
		source.token().onCancel((cause) -> {
		});
		assertThat(observed).hasValue(1);
		source.onObserved(null);
		source.token().onCancel((cause) -> {
		});
		assertThat(observed).hasValue(1);
		source.onObserved(observed::incrementAndGet);
		assertThat(observed).hasValue(2);
	}

}
