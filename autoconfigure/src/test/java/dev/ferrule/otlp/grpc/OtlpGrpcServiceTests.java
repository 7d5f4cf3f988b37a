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

package dev.ferrule.otlp.grpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.OtlpSignal;
import dev.ferrule.otlp.VectorBodies;
import dev.ferrule.testsupport.RawHttp2;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link OtlpGrpcService} on a gRPC server with a gRPC client.
 */
class OtlpGrpcServiceTests {

	private static final byte[] REQUEST = VectorBodies.request(100);

	private final FakeEngine engine = new FakeEngine();

	private OtlpGrpcServer server = new OtlpGrpcServer(this.engine, OtlpGrpcOptions.defaults());

	@AfterEach
	void stopAndCountMemory() {
		this.engine.awaitNothingReserved();
		this.server.close();
		this.engine.close();
	}

	@Test
	void largeMessageReachesEngineUnchanged() {
		byte[] message = random(5_000_000);
		for (CallOptions options : new CallOptions[] { CallOptions.DEFAULT,
				CallOptions.DEFAULT.withCompression("gzip") }) {
			this.engine.reset();
			assertThat(call(OtlpSignal.METRICS, options, message)).isEmpty();
			FakeEngine.Call call = this.engine.calls().get(0);
			assertThat(call.bytes()).isEqualTo(message);
			assertThat(call.signal()).isEqualTo(Signal.METRICS);
			assertThat(call.payload().encoding()).isEqualTo(PayloadEncoding.PROTOBUF);
		}
	}

	@Test
	void messageOfKnownSizeIsCopiedOnce() {
		call(OtlpSignal.TRACES, CallOptions.DEFAULT, random(1_000_000));
		assertThat(this.engine.peakBytes()).isEqualTo(1_000_000);
	}

	@Test
	void deadlineOfTheClientIsThatOfTheCall() {
		call(OtlpSignal.LOGS, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), REQUEST);
		assertThat(this.engine.calls().get(0).timeLeft()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
	}

	@Test
	void callWithoutDeadlineHasTheDefault() {
		call(OtlpSignal.LOGS, CallOptions.DEFAULT, REQUEST);
		assertThat(this.engine.calls().get(0).timeLeft()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(30));
	}

	@Test
	void deadlineIsCapped() {
		call(OtlpSignal.LOGS, CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS), REQUEST);
		assertThat(this.engine.calls().get(0).timeLeft()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
	}

	@Test
	void clientThatCancelsReachesTheToken() {
		this.engine.behave(FakeEngine.Behaviour.hangs());
		ClientCall<byte[], byte[]> call = start(REQUEST, true);
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.calls()).hasSize(1));
		call.cancel("gone", null);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.engine.calls().get(0).cause()).isEqualTo(CancellationCause.CLIENT));
	}

	@Test
	void connectionThatBreaksReachesTheToken() {
		this.engine.behave(FakeEngine.Behaviour.hangs());
		start(REQUEST, true);
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.calls()).hasSize(1));
		this.server.channel().shutdownNow();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.engine.calls().get(0).cause()).isEqualTo(CancellationCause.CLIENT));
	}

	@Test
	void deadlineThatPassesIsNotTheClientLeaving() throws Exception {
		this.engine.behave(FakeEngine.Behaviour.hangs());
		// A client with a timer of its own would cancel, perhaps before the server's
		// clock says that the time is up.
		try (RawHttp2 client = new RawHttp2("127.0.0.1", this.server.port())) {
			client.call("POST", "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
					Map.of("content-type", "application/grpc", "te", "trailers", "grpc-timeout", "1S"),
					RawHttp2.frame(false, REQUEST));
		}
		assertThat(this.engine.calls()).singleElement().satisfies((call) -> {
			assertThat(call.timeLeft()).isLessThanOrEqualTo(Duration.ofSeconds(1));
			assertThat(call.cause()).isNull();
		});
	}

	@Test
	void messageOfAClientThatNeverFinishesIsGivenBack() {
		ClientCall<byte[], byte[]> call = start(REQUEST, false);
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.reserved()).isEqualTo(1));
		call.cancel("gone", null);
		this.engine.awaitNothingReserved();
		assertThat(this.engine.calls()).isEmpty();
	}

	@Test
	void tooLargeMessageIsFinal() {
		this.server.close();
		this.server = new OtlpGrpcServer(this.engine, OtlpGrpcOptions.defaults().withMaxMessageBytes(4096));
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> call(OtlpSignal.TRACES, CallOptions.DEFAULT, random(5000)))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
				Status status = StatusProto.fromThrowable(ex);
				assertThat(status.getDetailsList()).noneMatch((detail) -> detail.is(RetryInfo.class));
			});
	}

	@Test
	void limitHoldsWhereTheServerAllowsMore() {
		Status status = withServer((next) -> next, OtlpGrpcOptions.defaults().withMaxMessageBytes(4096), random(5000));
		assertThat(status.getCode()).isEqualTo(8);
		assertThat(status.getDetailsList()).noneMatch((detail) -> detail.is(RetryInfo.class));
		assertThat(this.engine.peakBytes()).isZero();
	}

	@Test
	void messageThatAnInterceptorDropsIsGivenBack() {
		Status status = withServer((next) -> new SimpleForwardingServerCallListener<>(next) {

			@Override
			public void onMessage(Object message) {
				// Dropped.
			}

		}, OtlpGrpcOptions.defaults(), REQUEST);
		assertThat(status.getCode()).isEqualTo(13);
		this.engine.awaitNothingReserved();
		assertThat(this.engine.peakBytes()).isPositive();
	}

	private Status withServer(UnaryOperator<ServerCall.Listener<Object>> listener, OtlpGrpcOptions options,
			byte[] message) {
		ServerInterceptor interceptor = new ServerInterceptor() {

			@Override
			@SuppressWarnings("unchecked")
			public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
					ServerCallHandler<Q, R> next) {
				return (ServerCall.Listener<Q>) listener
					.apply((ServerCall.Listener<Object>) next.startCall(call, headers));
			}

		};
		NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0));
		OtlpGrpcService.forSignals((signal) -> this.engine, ErrorTranslator.create(), options)
			.forEach((service) -> builder.addService(ServerInterceptors.intercept(service, interceptor)));
		try {
			Server other = builder.build().start();
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", other.getPort())
				.usePlaintext()
				.build();
			try {
				ClientCalls.blockingUnaryCall(channel, ByteMethods.export(OtlpSignal.TRACES), CallOptions.DEFAULT,
						message);
				throw new AssertionError("no failure");
			}
			catch (StatusRuntimeException ex) {
				return StatusProto.fromThrowable(ex);
			}
			finally {
				channel.shutdownNow();
				other.shutdownNow();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private byte[] call(OtlpSignal signal, CallOptions options, byte[] message) {
		return ClientCalls.blockingUnaryCall(this.server.channel(), ByteMethods.export(signal), options, message);
	}

	private ClientCall<byte[], byte[]> start(byte[] message, boolean finish) {
		ClientCall<byte[], byte[]> call = this.server.channel()
			.newCall(ByteMethods.export(OtlpSignal.TRACES), CallOptions.DEFAULT);
		call.start(new ClientCall.Listener<>() {
		}, new Metadata());
		call.sendMessage(message);
		call.request(1);
		if (finish) {
			call.halfClose();
		}
		return call;
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

}
