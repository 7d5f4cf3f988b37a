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

package dev.ferrule.engine.jna.abi;

import java.util.List;

/**
 * Names of headers that many requests carry.
 *
 * <p>
 * Generated from the engine's {@code layout.rs}; do not edit.
 */
public final class WellKnownNames {

	/** In the order of their numbers, in lower case. */
	public static final List<String> NAMES = List.of("host", "user-agent", "content-type", "accept", "accept-charset",
			"accept-encoding", "accept-language", "authorization", "cookie", "origin", "referer", "date", "via", "from",
			"cache-control", "pragma", "priority", "dnt", "forwarded", "x-forwarded-for", "x-forwarded-host",
			"x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", "x-real-ip", "true-client-ip",
			"x-request-id", "x-correlation-id", "x-client-id", "x-api-key", "api-key", "x-tenant-id", "x-scope-orgid",
			"x-org-id", "x-environment", "traceparent", "tracestate", "baggage", "b3", "x-b3-traceid", "x-b3-spanid",
			"x-b3-sampled", "x-cloud-trace-context", "x-amzn-trace-id", "x-request-timeout", "x-envoy-attempt-count",
			"x-envoy-expected-rq-timeout-ms", "x-envoy-external-address", "connect-protocol-version",
			"connect-timeout-ms", "grpc-previous-rpc-attempts");

	private WellKnownNames() {
	}

}
