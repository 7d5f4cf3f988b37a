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
import java.util.Objects;
import java.util.Set;

import com.google.protobuf.Any;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.error.ErrorDetail;
import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A failure as google.rpc.Status, with RetryInfo where the client is invited to retry and
 * ErrorInfo always, and with what the downstream told. Immutable and thread-safe. Needs
 * {@code proto-google-common-protos}.
 * <p>
 * The messages of google.rpc are sent in either encoding, however the downstream encoded
 * them; other messages only in the one in which they came.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#failures-1">OTLP/HTTP,
 * failures</a>
 */
public final class RpcStatus {

	/**
	 * The {@code domain} of ErrorInfo.
	 */
	public static final String DOMAIN = "ferrule.dev";

	/**
	 * Bytes of protobuf that the details of the downstream may have by default: what a
	 * record of the engine holds.
	 */
	private static final int MAX_DETAIL_BYTES = 16_384;

	private static final String ORIGINAL_GRPC_CODE = "originalGrpcCode";

	/**
	 * Details that are not passed on: stack traces are not for clients, and the delay is
	 * part of the failure.
	 */
	private static final Set<String> OMITTED = Set.of(DebugInfo.getDescriptor().getFullName(),
			RetryInfo.getDescriptor().getFullName());

	/**
	 * The longest delay that google.protobuf.Duration can hold: 315,576,000,000 seconds.
	 */
	private static final Duration MAX_DELAY = Duration.ofDays(3_652_500);

	private final int code;

	private final String message;

	private final @Nullable Duration retryDelay;

	private final String reason;

	private final List<RpcDetail> details;

	private RpcStatus(TranslatedError error, int maxDetailBytes) {
		this.code = error.grpcCode();
		this.message = ErrorMessages.clean(error.message());
		this.retryDelay = limit(error.retryInfo());
		this.reason = error.kind().name();
		this.details = details(error, maxDetailBytes);
	}

	/**
	 * Returns the status of a failure.
	 * @param error the failure; its message is cleaned and cut to 4 KiB, and details of
	 * the downstream beyond 16 KiB are left out
	 * @return the status
	 */
	public static RpcStatus of(TranslatedError error) {
		return of(error, MAX_DETAIL_BYTES);
	}

	/**
	 * Returns the status of a failure with a limit for the details of the downstream.
	 * @param error the failure; its message is cleaned and cut to 4 KiB
	 * @param maxDetailBytes bytes of protobuf that the details may have together, 0 or
	 * more; one that does not fit is left out
	 * @return the status
	 */
	public static RpcStatus of(TranslatedError error, int maxDetailBytes) {
		return new RpcStatus(error, maxDetailBytes);
	}

	private static @Nullable Duration limit(@Nullable Duration delay) {
		return (delay != null && delay.compareTo(MAX_DELAY) > 0) ? MAX_DELAY : delay;
	}

	private static List<RpcDetail> details(TranslatedError error, int maxBytes) {
		// There is one ErrorInfo: that of the downstream, where there is one that fits
		List<RpcDetail> details = new ArrayList<>();
		RpcDetail errorInfo = null;
		int bytes = 0;
		for (ErrorDetail each : error.details()) {
			RpcDetail detail = OMITTED.contains(each.typeName()) ? null : RpcDetail.of(each);
			if (detail != null && detail.message() instanceof ErrorInfo info) {
				detail = (errorInfo != null) ? null : errorInfo(info.toBuilder(), error);
			}
			int size = (detail != null) ? detail.size() : 0;
			if (detail == null || bytes + size > maxBytes) {
				continue;
			}
			bytes += size;
			if (detail.message() instanceof ErrorInfo) {
				errorInfo = detail;
			}
			else {
				details.add(detail);
			}
		}
		details.add(0, (errorInfo != null) ? errorInfo
				: errorInfo(ErrorInfo.newBuilder().setReason(error.kind().name()).setDomain(DOMAIN), error));
		return details;
	}

	private static RpcDetail errorInfo(ErrorInfo.Builder info, TranslatedError error) {
		if (error.originalGrpcCode() != 0) {
			info.putMetadata(ORIGINAL_GRPC_CODE, Integer.toString(error.originalGrpcCode()));
		}
		return RpcDetail.of(info.build());
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
		this.details.stream().map(RpcDetail::protobuf).filter(Objects::nonNull).forEach(status::addDetails);
		return status.build().toByteArray();
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
			Map<String, Object> retryInfo = new LinkedHashMap<>();
			retryInfo.put(RpcDetail.TYPE, RpcDetail.TYPE_PREFIX + RetryInfo.getDescriptor().getFullName());
			retryInfo.put("retryDelay", json(this.retryDelay));
			details.add(retryInfo);
		}
		this.details.stream().map(RpcDetail::json).filter(Objects::nonNull).forEach(details::add);
		status.put("details", details);
		return Json.write(status).getBytes(StandardCharsets.UTF_8);
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
