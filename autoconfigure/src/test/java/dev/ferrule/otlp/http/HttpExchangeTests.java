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

package dev.ferrule.otlp.http;

import java.io.IOException;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.rpc.Status;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.OtlpEncoding;
import dev.ferrule.otlp.OtlpSignal;
import dev.ferrule.otlp.ReservedBody;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletOutputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link HttpExchange}: exactly one answer, whoever ends the request.
 */
class HttpExchangeTests {

	private static final ExportResult DELIVERED = new ExportResult(0, null, Duration.ZERO, Duration.ZERO, Duration.ZERO,
			1);

	private final FakeEngine engine = new FakeEngine();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final CancellationSource cancellation = new CancellationSource();

	private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/v1/traces");

	private final List<Integer> answers = new ArrayList<>();

	private @Nullable RuntimeException writeFailure;

	private @Nullable Runnable whileWriting;

	private final MockHttpServletResponse response = new MockHttpServletResponse() {

		@Override
		public void setStatus(int status) {
			HttpExchangeTests.this.answers.add(status);
			super.setStatus(status);
		}

		@Override
		public ServletOutputStream getOutputStream() {
			if (HttpExchangeTests.this.whileWriting != null) {
				HttpExchangeTests.this.whileWriting.run();
			}
			RuntimeException failure = HttpExchangeTests.this.writeFailure;
			HttpExchangeTests.this.writeFailure = null;
			if (failure != null) {
				throw failure;
			}
			return super.getOutputStream();
		}

	};

	private final AtomicInteger completions = new AtomicInteger();

	private HttpExchange exchange;

	private CompletableFuture<ExportResult> outcome;

	@BeforeEach
	void submit() throws IOException {
		this.engine.behave(FakeEngine.Behaviour.hangs());
		MockAsyncContext async = new MockAsyncContext(this.request, this.response) {

			@Override
			public void complete() {
				if (HttpExchangeTests.this.completions.incrementAndGet() > 1) {
					throw new IllegalStateException("completed twice");
				}
			}

		};
		CallContext context = CallContext.builder()
			.deadline(Deadline.after(Duration.ofSeconds(30)))
			.cancellation(this.cancellation.token())
			.build();
		AcceptedRequest plan = new AcceptedRequest(
				new RequestHead(OtlpSignal.TRACES, OtlpEncoding.PROTOBUF, ContentCoding.IDENTITY), this.engine, context,
				this.cancellation, OtlpHttpOptions.defaults(), this.timer);
		ResponseWriter answers = new ResponseWriter(ErrorTranslator.create());
		this.exchange = new HttpExchange(plan, answers,
				new ResponseChannel(async, this.request, this.response, answers, this.timer),
				ReservedBody.reserve(this.engine, 0, 10));
		PayloadBuffer memory = this.engine.reserve(10);
		memory.buffer().put(new byte[10]);
		this.exchange.onBody(memory);
		this.outcome = this.engine.calls().get(0).outcome();
	}

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
		this.engine.close();
	}

	@Test
	void outcomeIsAnsweredOnce() {
		this.outcome.complete(DELIVERED);
		assertThat(this.response.getStatus()).isEqualTo(200);
		this.exchange.onTimeout(event());
		this.exchange.onError(event());
		this.exchange.onComplete(event());
		assertThat(this.answers).containsExactly(200);
		assertThat(this.response.getContentAsByteArray()).isEmpty();
		assertThat(this.completions).hasPositiveValue();
	}

	@Test
	void lostOutcomeIsATimeout() throws Exception {
		this.exchange.onTimeout(event());
		assertThat(this.response.getStatus()).isEqualTo(504);
		assertThat(Status.parseFrom(this.response.getContentAsByteArray()).getCode()).isEqualTo(4);
		assertThat(this.cancellation.token().cause()).isEqualTo(CancellationCause.APPLICATION);
		byte[] answer = this.response.getContentAsByteArray();
		this.outcome.complete(DELIVERED);
		assertThat(this.response.getContentAsByteArray()).isEqualTo(answer);
	}

	@Test
	void answerThatCannotBeWrittenIsAnInternalError() throws Exception {
		this.writeFailure = new UnsupportedOperationException("broken response");
		this.outcome.complete(DELIVERED);
		assertThat(this.response.getStatus()).isEqualTo(500);
		assertThat(Status.parseFrom(this.response.getContentAsByteArray()).getCode()).isEqualTo(13);
		assertThat(this.completions).hasValue(1);
	}

	@Test
	void requestIsNotCompletedWhileItsAnswerIsWritten() throws Exception {
		Thread container = new Thread(() -> this.exchange.onError(event()));
		List<Integer> completed = new ArrayList<>();
		this.whileWriting = () -> {
			container.start();
			Awaitility.await().until(() -> container.getState() == State.WAITING || !container.isAlive());
			completed.add(this.completions.get());
		};
		this.outcome.complete(DELIVERED);
		container.join();
		assertThat(completed).containsExactly(0);
		assertThat(this.completions).hasPositiveValue();
		assertThat(this.answers).containsExactly(200);
	}

	@Test
	void clientThatLeavesCancelsAndIsCountedAs499() {
		this.exchange.onError(event());
		assertThat(this.response.getStatus()).isEqualTo(499);
		assertThat(this.cancellation.token().cause()).isEqualTo(CancellationCause.CLIENT);
		assertThat(this.outcome).isCompletedExceptionally();
		assertThat(this.response.getContentAsByteArray()).isEmpty();
		assertThat(this.engine.reserved()).isZero();
	}

	@Test
	void requestThatEndsWithoutAnAnswerCancels() {
		this.exchange.onComplete(event());
		assertThat(this.cancellation.token().cause()).isEqualTo(CancellationCause.CLIENT);
	}

	private AsyncEvent event() {
		return new AsyncEvent(new MockAsyncContext(this.request, this.response));
	}

}
