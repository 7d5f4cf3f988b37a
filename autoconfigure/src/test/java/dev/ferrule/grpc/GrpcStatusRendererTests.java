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
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import dev.ferrule.error.ErrorDetail;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TranslatedError;
import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GrpcStatusRenderer}.
 */
class GrpcStatusRendererTests {

	private static final int CLIENT_LIMIT = 8192;

	@Test
	void exceptionHasCodeMessageAndDetails() throws Exception {
		StatusRuntimeException exception = GrpcStatusRenderer
			.toException(new TranslatedError(ErrorKind.RETRYABLE, 14, 503, false, Duration.ofSeconds(7), 7, 5, "down"));
		assertThat(exception.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(exception.getStatus().getDescription()).isEqualTo("down");
		com.google.rpc.Status details = StatusProto.fromThrowable(exception);
		assertThat(details).isNotNull();
		assertThat(details.getCode()).isEqualTo(14);
		assertThat(details.getMessage()).isEqualTo("down");
		assertThat(details.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(7);
		assertThat(details.getDetails(1).unpack(ErrorInfo.class).getReason()).isEqualTo("RETRYABLE");
		assertThat(details.getDetails(1).unpack(ErrorInfo.class).getMetadataMap()).containsEntry("originalGrpcCode",
				"5");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "\u00e9", "\u65e5", "%" })
	void trailersFitWhatClientsAccept(String text) {
		for (int size : new int[] { 50, 10_000 }) {
			ErrorDetail detail = new ErrorDetail("type.googleapis.com/google.rpc.LocalizedMessage",
					Map.of("message", text.repeat(size)));
			StatusRuntimeException exception = GrpcStatusRenderer.toException(new TranslatedError(ErrorKind.PERMANENT,
					13, 500, true, null, null, 14, text.repeat(10_000), Collections.nCopies(500, detail)));
			assertThat(size(exception)).isLessThan(CLIENT_LIMIT);
		}
	}

	@Test
	void detailsOfTheDownstreamGoAlong() throws Exception {
		ErrorDetail detail = new ErrorDetail("type.googleapis.com/google.rpc.LocalizedMessage",
				Map.of("message", "x".repeat(3000)));
		com.google.rpc.Status details = StatusProto.fromThrowable(GrpcStatusRenderer
			.toException(new TranslatedError(ErrorKind.PERMANENT, 3, 400, true, null, null, 0, "no", List.of(detail))));
		assertThat(details).isNotNull();
		assertThat(details.getDetails(1).unpack(LocalizedMessage.class).getMessage()).hasSize(3000);
	}

	private static int size(StatusRuntimeException exception) {
		Metadata trailers = exception.getTrailers();
		assertThat(trailers).isNotNull();
		trailers.put(InternalStatus.CODE_KEY, exception.getStatus());
		trailers.put(InternalStatus.MESSAGE_KEY, exception.getStatus().getDescription());
		byte[][] fields = InternalMetadata.serialize(trailers);
		int size = 0;
		for (int i = 0; i < fields.length; i += 2) {
			boolean binary = new String(fields[i], StandardCharsets.US_ASCII).endsWith("-bin");
			size += fields[i].length + (binary ? (fields[i + 1].length + 2) / 3 * 4 : fields[i + 1].length) + 32;
		}
		return size;
	}

}
