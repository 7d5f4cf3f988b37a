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

package dev.ferrule.autoconfigure;

import java.time.Duration;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.util.ClassUtils;

/**
 * Delay after which calls are ended once the context closes, so that their answers still
 * go out.
 */
final class ShutdownDelay {

	private static final boolean GRPC_SERVER_PRESENT = ClassUtils.isPresent(
			"org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties",
			ShutdownDelay.class.getClassLoader());

	/** Default of Spring Boot, which holds without a gRPC server, too. */
	private static final Duration GRPC_GRACE_PERIOD = Duration.ofSeconds(30);

	private static final Duration LARGEST_MARGIN = Duration.ofSeconds(2);

	private static final Duration LONGEST = Duration.ofDays(365);

	private ShutdownDelay() {
	}

	/**
	 * Returns the shortest of the time to drain and the times that the servers have, less
	 * a margin for the answers.
	 * @param drainTimeout time that calls in flight have
	 * @param beans holds the properties of the servers
	 * @return the delay
	 */
	static Duration of(Duration drainTimeout, BeanFactory beans) {
		Duration phase = beans.getBeanProvider(LifecycleProperties.class)
			.getIfAvailable(LifecycleProperties::new)
			.getTimeoutPerShutdownPhase();
		Duration grpc = GRPC_SERVER_PRESENT ? GrpcServer.gracePeriod(beans) : GRPC_GRACE_PERIOD;
		return min(min(drainTimeout, LONGEST), min(withMargin(phase), withMargin(grpc)));
	}

	private static Duration withMargin(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero()) {
			// A server that waits for ever, or not at all: no answer to wait for
			return LONGEST;
		}
		return timeout.minus(min(LARGEST_MARGIN, timeout.dividedBy(4)));
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	private static final class GrpcServer {

		static Duration gracePeriod(BeanFactory beans) {
			return beans.getBeanProvider(GrpcServerProperties.class)
				.getIfAvailable(GrpcServerProperties::new)
				.getShutdown()
				.getGracePeriod();
		}

	}

}
