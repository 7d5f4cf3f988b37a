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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the engine.
 *
 * @param cores Pipeline threads, each on a core of its own.
 * @param maxInFlight Calls that may be in flight at once; more are refused.
 * @param maxPayloadSize Bytes that payloads in flight may hold at once; more are refused.
 * 256MB unless a quarter of the memory that the container or machine allows is less.
 * Never more than that quarter.
 * @param laneCapacity Calls that may wait in front of one pipeline thread; more are
 * refused.
 * @param grace Extra time after the deadline before Java ends a call that the engine did
 * not end, which would be a bug.
 * @param startTimeout Time the engine has to get ready.
 * @param drainTimeout Time that calls in flight have to end at shutdown.
 * @param maxDecodedSize Size one payload may have after decompression. 64MB unless the
 * limit of an OTLP endpoint is more.
 * @param codecThreads Threads that decompress and read JSON.
 * @param configLocation Configuration in the engine's own YAML. Takes the place of the
 * exporter, batch, retry and pipeline keys.
 * @param validateOnly Whether to validate the configuration and end the application
 * before it starts anything: with exit code 0 if the configuration is valid, otherwise 1.
 */
public record EngineProperties(@DefaultValue("1") int cores, @DefaultValue("10000") int maxInFlight,
		@Nullable DataSize maxPayloadSize, @DefaultValue("1024") int laneCapacity,
		@DefaultValue("500ms") Duration grace, @DefaultValue("10s") Duration startTimeout,
		@DefaultValue("10s") Duration drainTimeout, @Nullable DataSize maxDecodedSize,
		@DefaultValue("1") int codecThreads, @Nullable Resource configLocation,
		@DefaultValue("false") boolean validateOnly) {

	private static final DataSize DEFAULT_DECODED_SIZE = DataSize.ofMegabytes(64);

	private static final int LARGEST_COUNT = 1_000_000;

	/**
	 * Returns the size that a payload may have after decompression: without a setting no
	 * less than what the endpoints take.
	 * @param otlp limits of the endpoints
	 * @return bytes
	 */
	public long decodedBytes(OtlpProperties otlp) {
		if (this.maxDecodedSize != null) {
			return this.maxDecodedSize.toBytes();
		}
		long edges = Math.max(otlp.http().maxBodySize().toBytes(), otlp.grpc().maxMessageSize().toBytes());
		return Math.max(DEFAULT_DECODED_SIZE.toBytes(), edges);
	}

	public void validate() {
		PropertyCheck check = new PropertyCheck("ferrule.engine");
		check.between("cores", this.cores, 1, 1024);
		check.between("max-in-flight", this.maxInFlight, 1, LARGEST_COUNT);
		check.between("lane-capacity", this.laneCapacity, 1, LARGEST_COUNT);
		check.between("codec-threads", this.codecThreads, 1, 256);
		check.atLeast("grace", this.grace, Duration.ZERO);
		check.atLeast("start-timeout", this.startTimeout, Duration.ofMillis(1));
		check.atLeast("drain-timeout", this.drainTimeout, Duration.ZERO);
		if (this.maxDecodedSize != null) {
			check.atLeast("max-decoded-size", this.maxDecodedSize, DataSize.ofBytes(1));
		}
		if (this.maxPayloadSize != null) {
			check.atLeast("max-payload-size", this.maxPayloadSize, DataSize.ofBytes(1));
		}
	}

}
