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

package dev.ferrule.error.rpc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.TranslatedError;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;

/**
 * A failure as google.rpc.Status, with RetryInfo where the client is invited to retry and
 * ErrorInfo always. Immutable and thread-safe. Needs {@code proto-google-common-protos}.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#failures-1">OTLP/HTTP,
 * failures</a>
 */
public final class RpcStatus {

	/**
	 * The {@code domain} of ErrorInfo.
	 */
	public static final String DOMAIN = "ferrule.dev";

	private static final String ORIGINAL_GRPC_CODE = "originalGrpcCode";

	private static final String TYPE_PREFIX = "type.googleapis.com/";

	/**
	 * The longest delay that google.protobuf.Duration can hold: 315,576,000,000 seconds.
	 */
	private static final Duration MAX_DELAY = Duration.ofDays(3_652_500);

	private static final JsonWriter<Map<String, Object>> JSON = JsonWriter.standard();

	private final int code;

	private final String message;

	private final @Nullable Duration retryDelay;

	private final String reason;

	private final Map<String, String> metadata;

	private RpcStatus(TranslatedError error) {
		this.code = error.grpcCode();
		this.message = ErrorMessages.clean(error.message());
		this.retryDelay = limit(error.retryInfo());
		this.reason = error.kind().name();
		this.metadata = (error.originalGrpcCode() != 0)
				? Map.of(ORIGINAL_GRPC_CODE, Integer.toString(error.originalGrpcCode())) : Map.of();
	}

	/**
	 * Returns the status of a failure.
	 * @param error the failure; its message is cleaned and cut to 4 KiB
	 * @return the status
	 */
	public static RpcStatus of(TranslatedError error) {
		return new RpcStatus(error);
	}

	private static @Nullable Duration limit(@Nullable Duration delay) {
		return (delay != null && delay.compareTo(MAX_DELAY) > 0) ? MAX_DELAY : delay;
	}

	/**
	 * Renders the status for {@code application/x-protobuf}.
	 * @return an encoded google.rpc.Status
	 */
	public byte[] toProtobuf() {
		Status.Builder status = Status.newBuilder().setCode(this.code).setMessage(this.message);
		if (this.retryDelay != null) {
			com.google.protobuf.Duration delay = com.google.protobuf.Duration.newBuilder()
				.setSeconds(this.retryDelay.toSeconds())
				.setNanos(this.retryDelay.toNanosPart())
				.build();
			status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
		}
		ErrorInfo errorInfo = ErrorInfo.newBuilder()
			.setReason(this.reason)
			.setDomain(DOMAIN)
			.putAllMetadata(this.metadata)
			.build();
		return status.addDetails(Any.pack(errorInfo)).build().toByteArray();
	}

	/**
	 * Renders the status for {@code application/json}, in the JSON mapping of protobuf.
	 * @return a JSON object in UTF-8
	 */
	public byte[] toJson() {
		Map<String, Object> status = new LinkedHashMap<>();
		status.put("code", this.code);
		status.put("message", this.message);
		List<Map<String, Object>> details = new ArrayList<>();
		if (this.retryDelay != null) {
			details.add(detail(RetryInfo.getDescriptor().getFullName(), "retryDelay", json(this.retryDelay)));
		}
		Map<String, Object> errorInfo = detail(ErrorInfo.getDescriptor().getFullName(), "reason", this.reason);
		errorInfo.put("domain", DOMAIN);
		if (!this.metadata.isEmpty()) {
			errorInfo.put("metadata", this.metadata);
		}
		details.add(errorInfo);
		status.put("details", details);
		return JSON.writeToString(status).getBytes(StandardCharsets.UTF_8);
	}

	private static Map<String, Object> detail(String type, String member, String value) {
		Map<String, Object> detail = new LinkedHashMap<>();
		detail.put("@type", TYPE_PREFIX + type);
		detail.put(member, value);
		return detail;
	}

	private static String json(Duration delay) {
		// Spells a delay as the JSON mapping does: 0, 3, 6 or 9 digits of a second
		int nanos = delay.toNanosPart();
		if (nanos == 0) {
			return delay.toSeconds() + "s";
		}
		String digits = String.format(Locale.ROOT, "%09d", nanos);
		int length = 9;
		while (digits.startsWith("000", length - 3)) {
			length -= 3;
		}
		return delay.toSeconds() + "." + digits.substring(0, length) + "s";
	}

	@Override
	public String toString() {
		return "RpcStatus[" + this.code + ", " + this.reason + ", " + this.message + "]";
	}

}
