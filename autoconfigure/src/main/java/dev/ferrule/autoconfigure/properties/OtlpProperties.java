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

package dev.ferrule.autoconfigure.properties;

import java.time.Duration;
import java.util.Set;

import dev.ferrule.engine.Signal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * OTLP endpoints.
 *
 * @param http OTLP over HTTP.
 * @param grpc OTLP over gRPC.
 */
public record OtlpProperties(@DefaultValue Http http, @DefaultValue Grpc grpc) {

	/** What a heap buffer and the protobuf length prefix can hold. */
	private static final DataSize LARGEST = DataSize.ofBytes(Integer.MAX_VALUE - 8);

	public void validate() {
		PropertyCheck http = new PropertyCheck("ferrule.otlp.http");
		http.between("max-body-size", this.http.maxBodySize, DataSize.ofBytes(1), LARGEST);
		if (this.http.maxUnfinishedBodySize != null) {
			http.atLeast("max-unfinished-body-size", this.http.maxUnfinishedBodySize, DataSize.ofKilobytes(64));
		}
		http.atLeast("min-body-rate", this.http.minBodyRate, DataSize.ofBytes(0));
		http.atLeast("body-rate-window", this.http.bodyRateWindow, Duration.ofMillis(100));
		new PropertyCheck("ferrule.otlp.grpc").between("max-message-size", this.grpc.maxMessageSize,
				DataSize.ofBytes(1), LARGEST);
	}

	/**
	 * OTLP over HTTP.
	 *
	 * @param enabled Whether to serve OTLP over HTTP on the web server of the
	 * application.
	 * @param maxBodySize Size a request body may have, before decompression.
	 * @param maxUnfinishedBodySize Bytes that bodies may hold together which are still
	 * arriving; more are refused. Half of the engine's payload budget unless a body of
	 * the largest size needs more.
	 * @param minBodyRate Bytes that a body must bring per second; a slower one is
	 * refused. 0 for no limit.
	 * @param bodyRateWindow Time over which the rate of a body is measured, again and
	 * again from the moment that its client is waited for.
	 * @param jsonLenient Whether to accept JSON that deviates from the specification in
	 * ways other receivers accept.
	 * @param signals Signals to serve.
	 * @param unknownPaths Whether to answer requests for paths that nothing serves in the
	 * manner of OTLP. For an application that serves nothing else.
	 */
	public record Http(@DefaultValue("false") boolean enabled, @DefaultValue("64MB") DataSize maxBodySize,
			@Nullable DataSize maxUnfinishedBodySize, @DefaultValue("1KB") DataSize minBodyRate,
			@DefaultValue("5s") Duration bodyRateWindow, @DefaultValue("false") boolean jsonLenient,
			@DefaultValue("traces,metrics,logs") Set<Signal> signals, @DefaultValue("false") boolean unknownPaths) {
	}

	/**
	 * OTLP over gRPC.
	 *
	 * @param enabled Whether to serve OTLP over gRPC on the gRPC server of the
	 * application.
	 * @param maxMessageSize Size a request may have. Raises the limit of the whole gRPC
	 * server if that is lower.
	 * @param signals Signals to serve.
	 */
	public record Grpc(@DefaultValue("false") boolean enabled, @DefaultValue("64MB") DataSize maxMessageSize,
			@DefaultValue("traces,metrics,logs") Set<Signal> signals) {
	}

}
