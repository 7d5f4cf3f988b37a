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

package dev.ferrule.observability;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.ContextExtractor;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.context.header.HeaderListCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CurrentCallContext} and {@link CallContextThreadLocalAccessor}.
 */
class CurrentCallContextTests {

	private final CallContext context = CallContext.builder().attributesJson("{}").build();

	@AfterEach
	void nothingIsLeft() {
		assertThat(CurrentCallContext.get()).isNull();
	}

	@Test
	void scopesNest() {
		CallContext inner = CallContext.background();
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(this.context)) {
			try (CurrentCallContext.Scope nested = CurrentCallContext.open(inner)) {
				assertThat(CurrentCallContext.get()).isSameAs(inner);
			}
			assertThat(CurrentCallContext.get()).isSameAs(this.context);
			try (CurrentCallContext.Scope none = CurrentCallContext.open((Supplier<CallContext>) null)) {
				assertThat(CurrentCallContext.get()).isNull();
			}
			assertThat(CurrentCallContext.get()).isSameAs(this.context);
		}
	}

	@Test
	void contextIsBuiltWhenAskedFor() {
		AtomicInteger built = new AtomicInteger();
		ContextExtractor counter = (request, builder) -> built.incrementAndGet();
		RequestCallContext request = new CallContextFactory(List.of(counter), List.of()).begin(new HeaderListCarrier());
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(request)) {
			assertThat(built).hasValue(0);
			assertThat(CurrentCallContext.get()).isSameAs(CurrentCallContext.get());
			assertThat(built).hasValue(1);
		}
	}

	@Test
	void snapshotCarriesTheContextToAnotherThread() throws Exception {
		ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
		ContextSnapshot snapshot;
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(this.context)) {
			snapshot = snapshots.captureAll();
		}
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			assertThat(thread.submit(snapshot.wrap(CurrentCallContext::get)).get(10, TimeUnit.SECONDS))
				.isSameAs(this.context);
			assertThat(thread.submit(CurrentCallContext::get).get(10, TimeUnit.SECONDS)).isNull();
		}
		finally {
			thread.shutdownNow();
		}
	}

	@Test
	void snapshotWithoutContextClearsAndRestores() {
		ContextSnapshot empty = ContextSnapshotFactory.builder().clearMissing(true).build().captureAll();
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(this.context)) {
			try (ContextSnapshot.Scope cleared = empty.setThreadLocals()) {
				assertThat(CurrentCallContext.get()).isNull();
			}
			assertThat(CurrentCallContext.get()).isSameAs(this.context);
		}
	}

	@Test
	void reactorCarriesTheContext() {
		assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
			.anyMatch(CallContextThreadLocalAccessor.class::isInstance);
		Mono<CallContext> onAnotherThread = Mono
			.deferContextual((view) -> Mono.just(view.<Supplier<CallContext>>get(CurrentCallContext.KEY).get()))
			.subscribeOn(Schedulers.boundedElastic())
			.contextCapture();
		try (CurrentCallContext.Scope ignored = CurrentCallContext.open(this.context)) {
			assertThat(onAnotherThread.block()).isSameAs(this.context);
		}
	}

	@Test
	void reactorRestoresTheContextForOperatorsThatAskForIt() {
		Mono<Boolean> current = Mono.just(true)
			.handle((value, sink) -> sink.next(CurrentCallContext.get() == this.context))
			.cast(Boolean.class)
			.contextWrite((view) -> view.put(CurrentCallContext.KEY, (Supplier<CallContext>) () -> this.context));
		assertThat(current.block()).isTrue();
	}

}
