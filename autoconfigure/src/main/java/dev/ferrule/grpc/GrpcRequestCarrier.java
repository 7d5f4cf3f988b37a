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

package dev.ferrule.grpc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCarrier;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Request carrier over the headers of a gRPC call: {@code :authority} first, then the
 * others by name. gRPC keeps the order of the values of one name only, and hides the
 * values of names that it considers illegal.
 */
final class GrpcRequestCarrier implements RequestCarrier {

	private static final String AUTHORITY = ":authority";

	private final @Nullable String authority;

	private final Metadata headers;

	private final io.grpc.@Nullable Deadline deadline;

	private final long arrivalNanoTime;

	/**
	 * Creates a carrier.
	 * @param authority what the client addressed, if it said so
	 * @param headers headers of the call
	 * @param deadline deadline of the call, or {@code null} if it has none
	 * @param arrivalNanoTime a reading of {@link System#nanoTime()}
	 */
	GrpcRequestCarrier(@Nullable String authority, Metadata headers, io.grpc.@Nullable Deadline deadline,
			long arrivalNanoTime) {
		this.authority = authority;
		this.headers = headers;
		this.deadline = deadline;
		this.arrivalNanoTime = arrivalNanoTime;
	}

	@Override
	public Transport transport() {
		return Transport.GRPC;
	}

	@Override
	public long arrivalNanoTime() {
		return this.arrivalNanoTime;
	}

	@Override
	public @Nullable Deadline transportDeadline() {
		return (this.deadline != null)
				? Deadline.after(Duration.ofNanos(this.deadline.timeRemaining(TimeUnit.NANOSECONDS))) : null;
	}

	@Override
	public void forEachHeader(HeaderVisitor visitor) {
		if (this.authority != null) {
			visitor.text(AUTHORITY, this.authority);
		}
		for (String name : this.headers.keys()) {
			if (!isReadable(name)) {
				continue;
			}
			if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
				values(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER))
					.forEach((value) -> visitor.binary(name, value));
			}
			else {
				values(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))
					.forEach((value) -> visitor.text(name, value));
			}
		}
	}

	private <T> Iterable<T> values(Metadata.Key<T> key) {
		Iterable<T> values = this.headers.getAll(key);
		return (values != null) ? values : List.of();
	}

	// What Metadata.Key accepts: it throws for any other name.
	private static boolean isReadable(String name) {
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if ((character < 'a' || character > 'z') && (character < '0' || character > '9') && character != '-'
					&& character != '_' && character != '.') {
				return false;
			}
		}
		return !name.isEmpty() && !name.equals(Metadata.BINARY_HEADER_SUFFIX);
	}

}
