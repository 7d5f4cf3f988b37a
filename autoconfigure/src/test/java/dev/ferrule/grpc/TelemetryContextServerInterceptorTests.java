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

package dev.ferrule.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.testsupport.RawHttp2;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryContextServerInterceptor}.
 */
class TelemetryContextServerInterceptorTests {

	@Test
	void clientThatCancelsIsTheCause() throws Exception {
		try (ContextServer server = parking(); RawHttp2 client = server.connect()) {
			RawHttp2.Call call = client.start(ContextServer.PATH, "test", List.of(), ContextServer.MESSAGE);
			CallContext context = server.next();
			assertThat(context.cancellation().isCancelled()).isFalse();
			call.cancel();
			assertThat(awaitCause(context)).isEqualTo(CancellationCause.CLIENT);
		}
	}

	@Test
	void connectionThatClosesIsTheClient() throws Exception {
		try (ContextServer server = parking(); RawHttp2 client = server.connect()) {
			client.start(ContextServer.PATH, "test", List.of(), ContextServer.MESSAGE);
			CallContext context = server.next();
			client.drop();
			assertThat(awaitCause(context)).isEqualTo(CancellationCause.CLIENT);
		}
	}

	@Test
	void deadlineThatPassesIsTheCause() throws Exception {
		try (ContextServer server = parking(); RawHttp2 client = server.connect()) {
			client.start(ContextServer.PATH, "test", List.of(Map.entry("grpc-timeout", "500m")), ContextServer.MESSAGE);
			assertThat(awaitCause(server.next())).isEqualTo(CancellationCause.DEADLINE);
		}
	}

	@Test
	void answeredCallIsNotCancelled() throws Exception {
		try (ContextServer server = new ContextServer(); RawHttp2 client = server.connect()) {
			client.start(ContextServer.PATH, "test", List.of(), ContextServer.MESSAGE).answer();
			CallContext first = server.next();
			client.start(ContextServer.PATH, "test", List.of(), ContextServer.MESSAGE).answer();
			assertThat(server.next()).isNotSameAs(first);
			client.drop();
			assertThat(first.cancellation().isCancelled()).isFalse();
		}
	}

	@Test
	void contextIsTheCurrentOneInAllCallbacksAndNotAfterwards() {
		TelemetryContextServerInterceptor interceptor = new TelemetryContextServerInterceptor(
				new CallContextFactory(List.of(), List.of()));
		RecordingListener recorded = new RecordingListener();
		ServerCall.Listener<byte[]> listener = interceptor.interceptCall(new NoCall(), new Metadata(),
				(call, headers) -> {
					recorded.note();
					return recorded;
				});
		listener.onReady();
		listener.onMessage(new byte[0]);
		listener.onHalfClose();
		listener.onCancel();
		listener.onComplete();
		assertThat(recorded.seen).isEqualTo(6);
		assertThat(recorded.context).isNotNull();
		assertThat(CurrentCallContext.get()).isNull();
		assertThat(TelemetryContextServerInterceptor.current()).isNull();
	}

	private static ContextServer parking() {
		return new ContextServer((context, answer) -> {
		});
	}

	private static @Nullable CancellationCause awaitCause(CallContext context) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> context.cancellation().isCancelled());
		return context.cancellation().cause();
	}

	private static final class RecordingListener extends ServerCall.Listener<byte[]> {

		private @Nullable CallContext context;

		private int seen;

		void note() {
			CallContext current = CurrentCallContext.get();
			assertThat(TelemetryContextServerInterceptor.current().get()).isSameAs(current).isNotNull();
			assertThat(this.context == null || this.context == current).isTrue();
			this.context = current;
			this.seen++;
		}

		@Override
		public void onMessage(byte[] message) {
			note();
		}

		@Override
		public void onHalfClose() {
			note();
		}

		@Override
		public void onCancel() {
			note();
		}

		@Override
		public void onComplete() {
			note();
		}

		@Override
		public void onReady() {
			note();
		}

	}

	private static final class NoCall extends ServerCall<byte[], byte[]> {

		@Override
		public void request(int numMessages) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(byte[] message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
			throw new UnsupportedOperationException();
		}

	}

}
