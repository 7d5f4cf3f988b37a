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

package dev.ferrule.sample;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ferrule.testsupport.ByteMarshaller;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import org.jspecify.annotations.Nullable;

/**
 * An OTLP server over gRPC or HTTP on which nothing can be relied upon: it accepts,
 * hesitates, refuses, is silent, accepts in part or answers nonsense, at random.
 */
final class FaultyOtlpServer implements AutoCloseable {

	private static final int SILENCE_MILLIS = 3000;

	private static final int[] RETRYABLE = { 429, 502, 503, 504 };

	private static final int[] FINAL = { 400, 401, 403, 404, 413, 500, 501 };

	private static final byte[] GARBAGE = "no protobuf \u00ff".getBytes(StandardCharsets.ISO_8859_1);

	private final Map<Fault, LongAdder> served = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private @Nullable Server grpc;

	private @Nullable HttpServer http;

	private final int port;

	FaultyOtlpServer(boolean http) throws IOException {
		if (http) {
			this.http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			this.http.setExecutor(this.threads);
			this.http.createContext("/", this::receive);
			this.http.start();
			this.port = this.http.getAddress().getPort();
		}
		else {
			this.grpc = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
				.fallbackHandlerRegistry(new AnyMethod())
				.build()
				.start();
			this.port = this.grpc.getPort();
		}
	}

	int port() {
		return this.port;
	}

	/**
	 * Returns how often the server did what.
	 * @return names and counts
	 */
	Map<String, Long> served() {
		Map<String, Long> counts = new TreeMap<>();
		this.served.forEach((fault, count) -> counts.put(fault.name(), count.sum()));
		return counts;
	}

	@Override
	public void close() {
		if (this.http != null) {
			this.http.stop(0);
		}
		if (this.grpc != null) {
			this.grpc.shutdownNow();
		}
		this.timer.shutdownNow();
		this.threads.shutdownNow();
	}

	private Fault next() {
		Fault fault = Fault.draw(ThreadLocalRandom.current());
		this.served.computeIfAbsent(fault, (key) -> new LongAdder()).increment();
		return fault;
	}

	private void after(int millis, Runnable action) {
		this.timer.schedule(action, millis, TimeUnit.MILLISECONDS);
	}

	private static int delay(int most) {
		return ThreadLocalRandom.current().nextInt(most);
	}

	private static Status status(int code, boolean throttle) {
		Status.Builder status = Status.newBuilder().setCode(code).setMessage("not today");
		if (throttle) {
			com.google.protobuf.Duration wait = com.google.protobuf.Duration.newBuilder()
				.setNanos(delay(100) * 1_000_000)
				.build();
			status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(wait).build()));
		}
		return status.build();
	}

	private static byte[] partialSuccess() {
		return ExportTraceServiceResponse.newBuilder()
			.setPartialSuccess(
					ExportTracePartialSuccess.newBuilder().setRejectedSpans(delay(3)).setErrorMessage("too old"))
			.build()
			.toByteArray();
	}

	private void receive(byte[] request, StreamObserver<byte[]> observer) {
		Fault fault = next();
		switch (fault) {
			case ACCEPT -> answer(observer, new byte[0]);
			case DELAY -> after(delay(300), () -> answer(observer, new byte[0]));
			case PARTIAL -> answer(observer, partialSuccess());
			case GARBAGE -> answer(observer, GARBAGE);
			case SILENCE -> after(SILENCE_MILLIS, () -> fail(observer, status(Code.UNAVAILABLE_VALUE, false)));
			case THROTTLE -> fail(observer, status(Code.RESOURCE_EXHAUSTED_VALUE, true));
			case REFUSE -> fail(observer, status(1 + delay(16), false));
		}
	}

	private static void answer(StreamObserver<byte[]> observer, byte[] message) {
		try {
			observer.onNext(message);
			observer.onCompleted();
		}
		catch (RuntimeException ex) {
			// The gateway gave up
		}
	}

	private static void fail(StreamObserver<byte[]> observer, Status status) {
		try {
			observer.onError(StatusProto.toStatusRuntimeException(status));
		}
		catch (RuntimeException ex) {
			// The gateway gave up
		}
	}

	private void receive(HttpExchange exchange) throws IOException {
		exchange.getRequestBody().readAllBytes();
		Fault fault = next();
		switch (fault) {
			case ACCEPT -> answer(exchange, 200, new byte[0]);
			case DELAY -> after(delay(300), () -> answer(exchange, 200, new byte[0]));
			case PARTIAL -> answer(exchange, 200, partialSuccess());
			case GARBAGE -> answer(exchange, 200, GARBAGE);
			case SILENCE -> after(SILENCE_MILLIS, exchange::close);
			case THROTTLE -> answer(exchange, 429, status(Code.RESOURCE_EXHAUSTED_VALUE, true).toByteArray());
			case REFUSE -> {
				int[] codes = (delay(2) == 0) ? RETRYABLE : FINAL;
				answer(exchange, codes[delay(codes.length)], status(Code.UNKNOWN_VALUE, false).toByteArray());
			}
		}
	}

	private static void answer(HttpExchange exchange, int status, byte[] body) {
		try (exchange) {
			exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
			exchange.getResponseBody().write(body);
		}
		catch (IOException ex) {
			// The gateway gave up
		}
	}

	private enum Fault {

		ACCEPT(60), DELAY(15), REFUSE(10), THROTTLE(3), PARTIAL(7), GARBAGE(2), SILENCE(3);

		private final int percent;

		Fault(int percent) {
			this.percent = percent;
		}

		static Fault draw(Random random) {
			int draw = random.nextInt(100);
			for (Fault fault : values()) {
				draw -= fault.percent;
				if (draw < 0) {
					return fault;
				}
			}
			throw new IllegalStateException("The percentages have to add up to 100");
		}

	}

	private final class AnyMethod extends HandlerRegistry {

		@Override
		public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
			MethodDescriptor<byte[], byte[]> method = ByteMarshaller.method(name);
			return ServerMethodDefinition.create(method, ServerCalls.asyncUnaryCall(FaultyOtlpServer.this::receive));
		}

	}

}
