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

package dev.ferrule.web.reactive;

import java.util.ArrayList;
import java.util.List;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.context.RequestCarrier;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TelemetryContextWebFilter}, {@link ReactiveCallContext} and
 * {@link CallContextArgumentResolver}.
 */
class TelemetryContextWebFilterTests {

	private final List<RequestCarrier> extracted = new ArrayList<>();

	private final TelemetryContextWebFilter filter = new TelemetryContextWebFilter(
			new CallContextFactory(List.of((request, context) -> this.extracted.add(request)), List.of()));

	private final MockServerWebExchange exchange = MockServerWebExchange
		.from(MockServerHttpRequest.get("/").header("b", "1", "2").header("A", "3"));

	@Test
	void contextIsNotBuiltBeforeItIsAskedFor() {
		this.filter.filter(this.exchange, (exchange) -> Mono.empty()).block();
		assertThat(this.extracted).isEmpty();
		assertThat(TelemetryContextWebFilter.of(this.exchange)).isNotNull();
	}

	@Test
	void contextIsTheSameWherever() {
		List<CallContext> seen = new ArrayList<>();
		this.filter.filter(this.exchange, (exchange) -> ReactiveCallContext.current().doOnNext(seen::add).then())
			.block();
		new CallContextArgumentResolver().resolveArgument(null, null, this.exchange)
			.cast(CallContext.class)
			.doOnNext(seen::add)
			.block();
		assertThat(seen).hasSize(2).containsOnly(request().get());
		assertThat(this.extracted).hasSize(1);
	}

	@Test
	void headersComeAsTheyAre() {
		long before = System.nanoTime();
		this.filter.filter(this.exchange, (exchange) -> ReactiveCallContext.current().then()).block();
		List<String> headers = new ArrayList<>();
		RequestCarrier carrier = this.extracted.get(0);
		carrier.forEachHeader(new RequestCarrier.HeaderVisitor() {

			@Override
			public void text(String name, String value) {
				headers.add(name + "=" + value);
			}

			@Override
			public void binary(String name, byte[] value) {
				throw new AssertionError(name);
			}

		});
		assertThat(headers).containsExactly("b=1", "b=2", "A=3");
		assertThat(carrier.transport()).isEqualTo(RequestCarrier.Transport.HTTP);
		assertThat(carrier.arrivalNanoTime() - before).isNotNegative();
	}

	@Test
	void cancelledExchangeCancelsAsClientAndBeforeTheHandler() {
		List<Object> order = new ArrayList<>();
		Disposable subscription = this.filter
			.filter(this.exchange, (exchange) -> Mono.<Void>never().doOnCancel(() -> order.add("handler")))
			.subscribe();
		request().cancellation().token().onCancel(order::add);
		subscription.dispose();
		assertThat(order).containsExactly(CancellationCause.CLIENT, "handler");
	}

	@Test
	void endedExchangeCancelsNothing() {
		this.filter.filter(this.exchange, (exchange) -> Mono.empty()).subscribe().dispose();
		assertThat(token().isCancelled()).isFalse();
		this.filter.filter(this.exchange, (exchange) -> Mono.error(new IllegalStateException("test")))
			.onErrorComplete()
			.subscribe()
			.dispose();
		assertThat(token().isCancelled()).isFalse();
	}

	@Test
	void contextIsEmptyWithoutRequest() {
		assertThat(ReactiveCallContext.current().blockOptional()).isEmpty();
	}

	@Test
	void refusedRequestFailsWhoeverAsks() {
		TelemetryContextWebFilter refusing = new TelemetryContextWebFilter(
				new CallContextFactory(List.of(), List.of((request, context) -> {
					throw new IllegalArgumentException("refused");
				})));
		Mono<Void> answer = refusing.filter(this.exchange, (exchange) -> ReactiveCallContext.current().then());
		assertThat(answer.map(Object::toString).onErrorResume((ex) -> Mono.just(ex.getMessage())).block())
			.isEqualTo("refused");
	}

	@Test
	void argumentWithoutFilterNamesTheFilter() {
		Mono<Object> argument = new CallContextArgumentResolver().resolveArgument(null, null, this.exchange);
		assertThatIllegalStateException().isThrownBy(argument::block)
			.withMessageContaining("TelemetryContextWebFilter");
	}

	private RequestCallContext request() {
		RequestCallContext context = TelemetryContextWebFilter.of(this.exchange);
		assertThat(context).isNotNull();
		return context;
	}

	private CancellationToken token() {
		return request().cancellation().token();
	}

}
