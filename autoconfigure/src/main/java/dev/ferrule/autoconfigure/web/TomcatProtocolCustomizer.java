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

package dev.ferrule.autoconfigure.web;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.ferrule.web.tomcat.ProtocolProbe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Customizer that gives Tomcat the protocol that notices when clients leave, unless
 * somebody chose another, nobody has a use for it, or it does not fit this Tomcat.
 */
final class TomcatProtocolCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(TomcatProtocolCustomizer.class);

	private final BooleanSupplier wanted;

	private final Supplier<@Nullable String> probe;

	private boolean warned;

	/**
	 * Creates a customizer.
	 * @param wanted whether somebody has a use for the protocol
	 * @param probe tells why it does not fit, or {@code null} if it fits
	 */
	TomcatProtocolCustomizer(BooleanSupplier wanted, Supplier<@Nullable String> probe) {
		this.wanted = wanted;
		this.probe = probe;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		if (!TomcatWebServerFactory.DEFAULT_PROTOCOL.equals(factory.getProtocol()) || !this.wanted.getAsBoolean()) {
			return;
		}
		String problem = this.probe.get();
		if (problem == null) {
			factory.setProtocol(ProtocolProbe.PROTOCOL);
		}
		else if (!this.warned) {
			this.warned = true;
			logger.warn("This Tomcat does not fit the hook that notices clients which leave (" + problem
					+ "), so its own protocol is used: over HTTP/1.1 the calls of a client that leaves are not"
					+ " cancelled before its answer is written. 'ferrule.cancellation.tomcat.enabled=false' goes"
					+ " without the hook on purpose");
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
