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

package dev.ferrule.autoconfigure.ssl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.ferrule.testsupport.ByteMarshaller;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;

import org.springframework.boot.ssl.SslBundle;

/**
 * A server called localhost that takes traces, and notes who sends them.
 */
final class TlsServer implements AutoCloseable {

	/** The client of each request: its subject, or "nobody". */
	final BlockingQueue<String> clients = new LinkedBlockingQueue<>();

	private final SslBundle bundle = TlsFixtures.pem("server", "ca");

	private final boolean needsClient;

	private final int port;

	private final Runnable stop;

	TlsServer(String protocol, boolean needsClient) {
		this.needsClient = needsClient;
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		try {
			if (protocol.equals("http")) {
				HttpsServer server = http(address);
				this.port = server.getAddress().getPort();
				this.stop = () -> server.stop(0);
			}
			else {
				Server server = grpc(address);
				this.port = server.getPort();
				this.stop = server::shutdownNow;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String url() {
		return "https://localhost:" + this.port;
	}

	@Override
	public void close() {
		this.stop.run();
	}

	private HttpsServer http(InetSocketAddress address) throws IOException {
		HttpsServer server = HttpsServer.create(address, 0);
		server.setHttpsConfigurator(new HttpsConfigurator(this.bundle.createSslContext()) {

			@Override
			public void configure(HttpsParameters parameters) {
				SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
				ssl.setNeedClientAuth(TlsServer.this.needsClient);
				parameters.setSSLParameters(ssl);
			}

		});
		server.createContext("/v1/traces", (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			note(((HttpsExchange) exchange).getSSLSession());
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.start();
		return server;
	}

	private Server grpc(InetSocketAddress address) throws IOException {
		TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder()
			.keyManager(this.bundle.getManagers().getKeyManagers())
			.trustManager(this.bundle.getManagers().getTrustManagers())
			.clientAuth(this.needsClient ? ClientAuth.REQUIRE : ClientAuth.NONE);
		MethodDescriptor<byte[], byte[]> method = ByteMarshaller
			.method("opentelemetry.proto.collector.trace.v1.TraceService/Export");
		ServerServiceDefinition service = ServerServiceDefinition
			.builder("opentelemetry.proto.collector.trace.v1.TraceService")
			.addMethod(method, ServerCalls.asyncUnaryCall((request, observer) -> {
				observer.onNext(new byte[0]);
				observer.onCompleted();
			}))
			.build();
		return NettyServerBuilder.forAddress(address, credentials.build())
			.addService(ServerInterceptors.intercept(service, new Noting()))
			.build()
			.start();
	}

	private void note(SSLSession session) {
		try {
			this.clients.add(session.getPeerPrincipal().getName());
		}
		catch (SSLPeerUnverifiedException ex) {
			this.clients.add("nobody");
		}
	}

	private final class Noting implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			note(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
			return next.startCall(call, headers);
		}

	}

}
