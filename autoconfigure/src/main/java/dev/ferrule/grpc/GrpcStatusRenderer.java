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

import java.nio.charset.StandardCharsets;

import dev.ferrule.error.ErrorMessages;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.error.rpc.RpcStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Renderer of failures for gRPC: code, message and {@code grpc-status-details-bin}.
 * Thread-safe.
 */
public final class GrpcStatusRenderer {

	/**
	 * Bytes of UTF-8 that a message may have. It is sent twice, percent-encoded (up to
	 * three times as long) and in the details (a third longer), and clients refuse more
	 * than 8 KiB of trailers, whereupon they see another code and may retry what they
	 * should not.
	 */
	static final int MAX_MESSAGE_BYTES = 1024;

	/**
	 * What clients accept as trailers, in bytes.
	 */
	private static final int MAX_TRAILERS = 8192;

	/**
	 * Room for names of trailers, code, ErrorInfo and RetryInfo of ours, and trailers of
	 * the application.
	 */
	private static final int RESERVED = 1536;

	static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin",
			Metadata.BINARY_BYTE_MARSHALLER);

	private GrpcStatusRenderer() {
	}

	/**
	 * Returns the exception with which a call is closed.
	 * @param error the failure; its message is cleaned and cut to 1 KiB, and details of
	 * the downstream that do not fit in trailers are left out
	 * @return the exception, with google.rpc.Status in its trailers
	 */
	public static StatusRuntimeException toException(TranslatedError error) {
		TranslatedError fitting = error.withMessage(ErrorMessages.clean(error.message(), MAX_MESSAGE_BYTES));
		Metadata trailers = new Metadata();
		trailers.put(DETAILS, RpcStatus.of(fitting, detailBytes(fitting.message())).toProtobuf());
		return Status.fromCodeValue(fitting.grpcCode()).withDescription(fitting.message()).asRuntimeException(trailers);
	}

	private static int detailBytes(String message) {
		byte[] text = message.getBytes(StandardCharsets.UTF_8);
		int inHeader = 0;
		for (byte character : text) {
			inHeader += (character < ' ' || character > '~' || character == '%') ? 3 : 1;
		}
		return Math.max(0, (MAX_TRAILERS - RESERVED - inHeader) / 4 * 3 - text.length);
	}

}
