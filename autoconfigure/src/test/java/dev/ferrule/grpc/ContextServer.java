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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.context.MetadataDrop;
import dev.ferrule.context.header.DeadlineExtractor;
import dev.ferrule.context.header.DeadlineSettings;
import dev.ferrule.context.header.MetadataExtractor;
import dev.ferrule.context.header.MetadataSettings;
import dev.ferrule.context.header.W3cTraceContextExtractor;
import dev.ferrule.testsupport.ByteMarshaller;
import dev.ferrule.testsupport.RawHttp2;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server whose only method takes note of the context it finds.
 */
final class ContextServer implements AutoCloseable {

	static final String PATH = "/test.Context/Note";

	static final byte[] MESSAGE = RawHttp2.frame(false, new byte[0]);

	private final BlockingQueue<CallContext> contexts = new LinkedBlockingQueue<>();

	private final ContextStatistics statistics = new ContextStatistics();

	private final AtomicInteger arrivals = new AtomicInteger();

	private final Server server;

	ContextServer() {
		this((context, answer) -> {
			answer.onNext(new byte[0]);
			answer.onCompleted();
		});
	}

	ContextServer(BiConsumer<CallContext, StreamObserver<byte[]>> service) {
		CallContextFactory factory = new CallContextFactory(List.of(
				new DeadlineExtractor(new DeadlineSettings(Duration.ofSeconds(30), Duration.ofSeconds(60), false,
						DeadlineSettings.standardHeaders()), this.statistics),
				new MetadataExtractor(MetadataSettings.standard(true), this.statistics),
				new W3cTraceContextExtractor(this.statistics)), List.of());
		MethodDescriptor<byte[], byte[]> method = ByteMarshaller.method("test.Context/Note");
		ServerServiceDefinition definition = ServerServiceDefinition.builder("test.Context")
			.addMethod(method, ServerCalls.asyncUnaryCall((request, answer) -> {
				CallContext context = CurrentCallContext.get();
				this.contexts.add(context);
				service.accept(context, answer);
			}))
			.build();
		try {
			this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
				.addService(ServerInterceptors.interceptForward(definition, new Arrivals(),
						new TelemetryContextServerInterceptor(factory)))
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	RawHttp2 connect() throws InterruptedException {
		return new RawHttp2("127.0.0.1", this.server.getPort());
	}

	/**
	 * Returns the context of the next call.
	 * @return the context, {@code null} if there was no further call
	 * @throws InterruptedException if this thread was interrupted
	 */
	@Nullable CallContext next() throws InterruptedException {
		return this.contexts.poll(20, TimeUnit.SECONDS);
	}

	int served() {
		return this.contexts.size();
	}

	int arrived() {
		return this.arrivals.get();
	}

	/**
	 * Returns why header values were dropped.
	 * @return the reasons, one for each value
	 */
	List<MetadataDrop> drops() {
		return Stream.of(MetadataDrop.values())
			.flatMap((reason) -> Stream.generate(() -> reason).limit(this.statistics.droppedMetadata(reason)))
			.toList();
	}

	ContextStatistics statistics() {
		return this.statistics;
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private final class Arrivals implements ServerInterceptor {

		@Override
		public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
				ServerCallHandler<Q, R> next) {
			ContextServer.this.arrivals.incrementAndGet();
			return next.startCall(call, headers);
		}

	}

}
