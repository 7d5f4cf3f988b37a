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

package dev.ferrule.web.tomcat;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.http.parser.HttpParser;

/**
 * Tomcat's default protocol, which also notices that the client of an HTTP/1.1 request
 * leaves before its answer: while the request is asynchronous (its {@code AsyncListener}s
 * get {@code onError}, as over HTTP/2), and while a handler blocks the thread of the
 * container and somebody in that thread observes the cancellation of the request's
 * context.
 *
 * <p>
 * Nothing is noticed as long as the body of the request is not fully read, nor after the
 * client has sent bytes of a further request. A client that only shuts down its own
 * direction counts as gone.
 *
 * <p>
 * Invariants:
 * <ul>
 * <li>At any time one thread reads from a socket. Whoever watches does so only after the
 * body is read to its end, when Tomcat has nothing to read until the request is over; a
 * watch that is armed for a blocked handler is closed, under its lock, before Tomcat goes
 * on with the connection, and an asynchronous request is peeked at under the lock of its
 * socket like all that Tomcat does.</li>
 * <li>Peeking fills the buffer of the socket, from which Tomcat reads first: bytes of a
 * further request are not lost.</li>
 * <li>Interest in the socket is taken directly at its selection key, and taken back
 * before Tomcat goes on. An event that was on its way by then is to Tomcat a wake-up for
 * nothing, which it copes with.</li>
 * <li>While interest is taken the read timeout is off: nothing is to be read, so nothing
 * can be late.</li>
 * <li>Reading and writing of a TLS connection exclude each other, because reading may
 * have to write.</li>
 * </ul>
 */
public final class DisconnectAwareHttp11NioProtocol extends Http11NioProtocol {

	private final WatchingNioEndpoint endpoint;

	/**
	 * Creates the protocol; called by Tomcat, by name.
	 */
	public DisconnectAwareHttp11NioProtocol() {
		this(new WatchingNioEndpoint());
	}

	private DisconnectAwareHttp11NioProtocol(WatchingNioEndpoint endpoint) {
		super(endpoint);
		this.endpoint = endpoint;
	}

	@Override
	protected Processor createProcessor() {
		return new WatchingProcessor(this, this.endpoint);
	}

	// Tomcat's own is there from its initialization on, before which a processor may be
	// created to try it out.
	@Override
	public HttpParser getHttpParser() {
		HttpParser parser = super.getHttpParser();
		return (parser != null) ? parser : new HttpParser(null, null);
	}

}
