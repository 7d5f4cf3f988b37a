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

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import dev.ferrule.engine.Signal;
import dev.ferrule.otlp.http.OtlpHttpOptions;

/**
 * Options of OTLP over gRPC: what it accepts. The gRPC server must let messages of that
 * size pass ({@code maxInboundMessageSize}).
 *
 * @param signals signals that are served
 * @param maxMessageBytes size of a message, after decompression, 1 to 2^31-9
 * @param defaultDeadline time that a call without {@code grpc-timeout} has
 * @param maxDeadline time that a call has at most
 */
public record OtlpGrpcOptions(Set<Signal> signals, int maxMessageBytes, Duration defaultDeadline,
		Duration maxDeadline) {

	public OtlpGrpcOptions {
		if (maxMessageBytes < 1 || maxMessageBytes > OtlpHttpOptions.LARGEST_BODY) {
			throw new IllegalArgumentException(
					"maxMessageBytes must be 1 to " + OtlpHttpOptions.LARGEST_BODY + ", not " + maxMessageBytes);
		}
		signals = Set.copyOf(signals);
	}

	/**
	 * All signals, messages of up to 64 MiB, deadlines of 30 seconds by default and 60
	 * seconds at most.
	 * @return the defaults
	 */
	public static OtlpGrpcOptions defaults() {
		return new OtlpGrpcOptions(EnumSet.allOf(Signal.class), 64 * 1024 * 1024, Duration.ofSeconds(30),
				Duration.ofSeconds(60));
	}

	public OtlpGrpcOptions withSignals(Set<Signal> signals) {
		return new OtlpGrpcOptions(signals, this.maxMessageBytes, this.defaultDeadline, this.maxDeadline);
	}

	public OtlpGrpcOptions withMaxMessageBytes(int maxMessageBytes) {
		return new OtlpGrpcOptions(this.signals, maxMessageBytes, this.defaultDeadline, this.maxDeadline);
	}

	public OtlpGrpcOptions withDeadlines(Duration defaultDeadline, Duration maxDeadline) {
		return new OtlpGrpcOptions(this.signals, this.maxMessageBytes, defaultDeadline, maxDeadline);
	}

}
