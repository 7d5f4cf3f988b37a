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
import java.net.InetSocketAddress;
import java.util.List;

import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.FakeEngine;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;

/**
 * The services on a real gRPC server, registered as an application does it.
 */
public final class OtlpGrpcServer implements AutoCloseable {

	private final Server server;

	private final ManagedChannel channel;

	public OtlpGrpcServer(FakeEngine engine, OtlpGrpcOptions options) {
		this(engine, options, GrpcCallContextFactory.withDeadline(options.defaultDeadline(), options.maxDeadline()));
	}

	public OtlpGrpcServer(FakeEngine engine, OtlpGrpcOptions options, GrpcCallContextFactory contexts) {
		this(engine, ErrorTranslator.create(), options, contexts);
	}

	public OtlpGrpcServer(FakeEngine engine, ErrorTranslator translator, OtlpGrpcOptions options,
			GrpcCallContextFactory contexts) {
		this.server = start(options.maxMessageBytes(),
				OtlpGrpcService.forSignals((signal) -> engine, translator, options, contexts));
		this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext().build();
	}

	static Server start(int maxMessageBytes, List<? extends BindableService> services) {
		NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.maxInboundMessageSize(maxMessageBytes);
		services.forEach(builder::addService);
		try {
			return builder.build().start();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	public int port() {
		return this.server.getPort();
	}

	ManagedChannel channel() {
		return this.channel;
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.server.shutdownNow();
	}

}
