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

package dev.ferrule.engine.jna;

import java.time.Duration;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.TraceContext;

/**
 * Contexts as requests bring them.
 */
final class Contexts {

	private Contexts() {
	}

	/**
	 * Returns the context of a request through a proxy: twelve headers and a trace.
	 * @return the context, not encoded yet
	 */
	static CallContext full() {
		return CallContext.builder()
			.deadline(Deadline.after(Duration.ofHours(1)))
			.metadata(ClientMetadata.builder()
				.add("host", "telemetry.example.com:4318")
				.add("user-agent", "OTel-OTLP-Exporter-Java/1.62.0")
				.add("content-type", "application/x-protobuf")
				.add("accept", "*/*")
				.add("accept-encoding", "gzip, deflate, zstd")
				.add("authorization", "Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJzaG9wIn0.c2lnbmF0dXJl")
				.add("x-forwarded-for", "203.0.113.7, 10.0.0.3")
				.add("x-forwarded-proto", "https")
				.add("x-request-id", "7d1a5c2e-9f43-4c6b-8a0e-2b9d5f1c3e47")
				.add("x-tenant-id", "acme-production")
				.add("traceparent", "00-4c1fd2e8a07b9635f1d0c3b2a4956871-9ab1c2d3e4f50617-01")
				.add("baggage", "deployment=eu-west-1,customer=4711")
				.build())
			.trace(TraceContext.ofHex("4c1fd2e8a07b9635f1d0c3b2a4956871", "9ab1c2d3e4f50617", 1, "", true))
			.attributesJson("{\"tenant\":{\"id\":\"acme\",\"tier\":3}}")
			.build();
	}

}
