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

package dev.ferrule.web;

import java.net.URI;
import java.util.Map;

import io.netty.buffer.Unpooled;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Sends requests by HTTP/2 without TLS, and resets their streams.
 */
public final class Http2Client implements AutoCloseable {

	private final ConnectionProvider connections = ConnectionProvider.create("http2-for-tests");

	private final HttpClient client;

	/**
	 * Creates a client.
	 * @param base where to send requests
	 */
	public Http2Client(URI base) {
		this.client = HttpClient.create(this.connections).protocol(HttpProtocol.H2C).baseUrl(base.toString());
	}

	/**
	 * Sends a request.
	 * @param path path
	 * @param headers fields
	 * @param body body
	 * @return resets the stream when disposed of
	 */
	public Disposable post(String path, Map<String, String> headers, byte[] body) {
		return this.client.headers((fields) -> headers.forEach(fields::set))
			.post()
			.uri(path)
			.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
			.responseContent()
			.aggregate()
			.subscribe((content) -> {
			}, (ex) -> {
			});
	}

	@Override
	public void close() {
		this.connections.dispose();
	}

}
