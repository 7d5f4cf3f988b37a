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

import dev.ferrule.context.RequestCarrier;

import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Request carrier over the headers of a WebFlux request, by name in the order in which
 * the names first came.
 */
final class ReactiveRequestCarrier implements RequestCarrier {

	/** Begin of the names under which Netty adds facts of an HTTP/2 stream. */
	private static final String NETTY_PREFIX = "x-http2-";

	private final ServerHttpRequest request;

	private final long arrivalNanoTime;

	ReactiveRequestCarrier(ServerHttpRequest request, long arrivalNanoTime) {
		this.request = request;
		this.arrivalNanoTime = arrivalNanoTime;
	}

	@Override
	public Transport transport() {
		return Transport.HTTP;
	}

	@Override
	public long arrivalNanoTime() {
		return this.arrivalNanoTime;
	}

	@Override
	public void forEachHeader(HeaderVisitor visitor) {
		this.request.getHeaders().forEach((name, values) -> {
			if (!name.startsWith(NETTY_PREFIX)) {
				values.forEach((value) -> visitor.text(name, value));
			}
		});
	}

}
