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

package dev.ferrule.error;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.ErrorMappingVectors.Vector;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.rpc.RpcStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the vectors of {@code error-mapping.json} that this side decides. Problem details
 * are tested with web servers. Decided by the engine: {@code retryAfterParse} and the
 * texts of {@code nackMapping}; {@code engineReceiverBehaviour} tells what receivers do
 * that are not used here.
 */
class ErrorMappingVectorTests {

	/**
	 * Overruled by a later decision: a downstream that spoke HTTP has its status passed
	 * on.
	 */
	private static final String DOWNSTREAM_STATUS = "E-RETRYABLE-HTTP-HINT";

	private final ErrorMappingVectors vectors = ErrorMappingVectors.load();

	private final ErrorTranslator translator = ErrorTranslator.create();

	@TestFactory
	Stream<DynamicTest> kinds() {
		return tests("kinds", "kind", (vector) -> {
			ErrorKind kind = ErrorKind.valueOf(vector.text("kind"));
			assertThat(kind.grpcCode()).isEqualTo(vector.integer("defaultGrpc"));
			assertThat(kind.httpStatus()).isEqualTo(vector.integer("defaultHttp"));
			assertThat(kind.isPermanent()).isEqualTo(vector.bool("permanent"));
			int specific = TelemetryEngineException.of(failure(kind, 2, null)).grpcCode();
			assertThat(specific == 2).isEqualTo(vector.bool("acceptsSpecificCode"));
		});
	}

	@TestFactory
	Stream<DynamicTest> cases() {
		return tests("cases", "id", (vector) -> {
			Vector input = vector.child("input");
			Vector expected = vector.child("expect");
			Failure failure = failure(input);
			TelemetryEngineException exception = TelemetryEngineException.of(failure);
			TranslatedError error = this.translator.translate(exception);
			assertThat(exception.isPermanent()).isEqualTo(expected.bool("permanent"));
			assertThat(error.permanent()).isEqualTo(expected.bool("permanent"));
			if (expected.has("effectiveCode")) {
				assertThat(exception.grpcCode()).isEqualTo(expected.integer("effectiveCode"));
			}
			if (expected.has("normalizedKind")) {
				assertThat(error.kind()).hasToString(expected.text("normalizedKind"));
			}
			verifyWire(vector, expected.child("wire"), error);
			verifyInvariant(failure, error);
		});
	}

	private void verifyWire(Vector vector, Vector wire, TranslatedError error) {
		assertThat(error.grpcCode()).isEqualTo(wire.integer("grpcCode"));
		assertThat(error.httpStatus())
			.isEqualTo(vector.text("id").equals(DOWNSTREAM_STATUS) ? 502 : wire.integer("httpStatus"));
		assertThat(isRetryableOnGrpc(error)).isEqualTo(wire.bool("grpcRetryable"));
		assertThat(isRetryableOnHttp(error)).isEqualTo(wire.bool("httpRetryable"));
		Integer retryInfo = wire.integer("retryInfoMillis");
		assertThat(error.retryInfo()).isEqualTo((retryInfo != null) ? Duration.ofMillis(retryInfo) : null);
		assertThat(header(error)).isEqualTo(wire.text("retryAfterHeader"));
		// A failure does not tell OK, which is no error code, from no code
		Integer original = wire.integer("originalCodeInErrorInfo");
		assertThat(error.originalGrpcCode()).isEqualTo((original != null) ? original : 0);
	}

	@TestFactory
	Stream<DynamicTest> situations() {
		return tests("situations", "id", (vector) -> {
			Vector expected = vector.child("expect");
			ErrorKind kind = ErrorKind.valueOf(expected.text("kind"));
			Integer code = expected.integer("code");
			Failure failure = (kind != ErrorKind.CANCELLED) ? failure(kind, (code != null) ? code : 0, null)
					: Failure.cancelled(CancellationCause.CLIENT, "message");
			verifyCodes(expected.child("wire"), this.translator.translate(TelemetryEngineException.of(failure)));
		});
	}

	@TestFactory
	Stream<DynamicTest> nacks() {
		return tests("nackMapping", "id", (vector) -> vector.child("expect").has("wire"), (vector) -> {
			Vector expected = vector.child("expect");
			ErrorKind kind = ErrorKind.valueOf(expected.text("kind"));
			TelemetryEngineException exception = TelemetryEngineException
				.of(failure(kind, expected.integer("code"), null));
			assertThat(exception.isPermanent()).isEqualTo(expected.bool("permanent"));
			verifyCodes(expected.child("wire"), this.translator.translate(exception));
		});
	}

	private void verifyCodes(Vector wire, TranslatedError error) {
		assertThat(error.grpcCode()).isEqualTo(wire.integer("grpcCode"));
		assertThat(error.httpStatus()).isEqualTo(wire.integer("httpStatus"));
	}

	@TestFactory
	Stream<DynamicTest> grpcToHttp() {
		return tests("grpcToHttp", "id", (vector) -> vector.integer("grpcCode") != GrpcCodes.OK, (vector) -> {
			int code = vector.integer("grpcCode");
			boolean retryable = vector.bool("chosenHttpRetryable");
			ErrorKind kind = retryable ? ErrorKind.RETRYABLE : ErrorKind.PERMANENT;
			assertThat(status(failure(kind, code, null))).isEqualTo(vector.integer("chosenHttp"));
			if (vector.has("chosenHttpWhenPermanent")) {
				assertThat(status(failure(ErrorKind.PERMANENT, code, null)))
					.isEqualTo(vector.integer("chosenHttpWhenPermanent"));
			}
			if (vector.has("chosenHttpWhenClientGone")) {
				assertThat(status(Failure.cancelled(CancellationCause.CLIENT, "message")))
					.isEqualTo(vector.integer("chosenHttpWhenClientGone"));
			}
		});
	}

	private int status(Failure failure) {
		return this.translator.translate(TelemetryEngineException.of(failure)).httpStatus();
	}

	@TestFactory
	Stream<DynamicTest> httpToGrpc() {
		return tests("httpToGrpc", "id", (vector) -> !vector.bool("success"), (vector) -> {
			ErrorKind kind = ErrorKind.valueOf(vector.text("chosenKind"));
			int code = vector.integer("chosenGrpcCode");
			int status = vector.integer("httpStatus");
			Failure failure = new Failure(kind, code, 0, status, vector.bool("permanent"), null, null, false, "message",
					null);
			TranslatedError error = this.translator.translate(TelemetryEngineException.of(failure));
			assertThat(error.grpcCode()).isEqualTo(code);
			assertThat(error.permanent()).isEqualTo(vector.bool("permanent"));
			assertThat(isRetryableOnHttp(error)).isEqualTo(vector.bool("otlpRetryable"));
			assertThat(error.httpStatus()).isEqualTo((status < 400 || status == 499) ? 500 : status);
		});
	}

	@TestFactory
	Stream<DynamicTest> retryAfterIsSent() {
		return tests("retryAfterEmit", "id", (vector) -> {
			Long millis = vector.number("retryDelayMillis");
			Duration delay = (millis != null) ? Duration.ofMillis(millis) : null;
			Integer status = vector.integer("httpStatus");
			ErrorKind kind = (status == null || status == 503) ? ErrorKind.RETRYABLE
					: (status == 504) ? ErrorKind.TIMEOUT : ErrorKind.PERMANENT;
			Failure failure = failure(kind, 0, delay).withHttpStatus((status != null) ? status : 0);
			TranslatedError error = this.translator.translate(TelemetryEngineException.of(failure));
			if (status == null) {
				assertThat(error.retryInfo()).isEqualTo(delay);
				com.google.protobuf.Duration sent = retryInfo(error);
				assertThat(sent.getSeconds()).isEqualTo(vector.number("expectRetryInfoSeconds"));
				assertThat(sent.getNanos()).isEqualTo(vector.integer("expectRetryInfoNanos"));
				return;
			}
			assertThat(error.httpStatus()).isEqualTo(status);
			assertThat(header(error)).isEqualTo(vector.text("expectRetryAfter"));
			if (vector.has("bodyRetryInfo")) {
				assertThat(error.retryInfo() != null).isEqualTo(vector.bool("bodyRetryInfo"));
			}
		});
	}

	private static com.google.protobuf.Duration retryInfo(TranslatedError error) {
		try {
			return Status.parseFrom(RpcStatus.of(error).toProtobuf())
				.getDetails(0)
				.unpack(RetryInfo.class)
				.getRetryDelay();
		}
		catch (InvalidProtocolBufferException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void sectionsAreAllKnown() {
		assertThat(this.vectors.names()).containsExactlyInAnyOrder("kinds", "cases", "grpcToHttp", "httpToGrpc",
				"retryAfterEmit", "retryAfterParse", "nackMapping", "engineReceiverBehaviour", "situations",
				"problemDetails");
	}

	@Test
	void idsAreUnique() {
		Set<String> ids = new LinkedHashSet<>();
		assertThat(this.vectors.section("cases")).hasSizeGreaterThan(300)
			.allMatch((vector) -> ids.add(vector.text("id")));
	}

	private Stream<DynamicTest> tests(String section, String id, Consumer<Vector> test) {
		return tests(section, id, (vector) -> true, test);
	}

	private Stream<DynamicTest> tests(String section, String id, Predicate<Vector> filter, Consumer<Vector> test) {
		List<Vector> vectors = this.vectors.section(section).stream().filter(filter).toList();
		assertThat(vectors).isNotEmpty();
		return vectors.stream().map((vector) -> DynamicTest.dynamicTest(vector.text(id), () -> test.accept(vector)));
	}

	private static Failure failure(Vector input) {
		Integer code = input.integer("code");
		Long delay = input.number("retryDelayMillis");
		Integer downstream = input.integer("httpStatus");
		String cause = input.text("cancelCause");
		return new Failure(ErrorKind.valueOf(input.text("kind").toUpperCase(Locale.ROOT)), (code != null) ? code : 0, 0,
				(downstream != null) ? downstream : 0, false, (delay != null) ? Duration.ofMillis(delay) : null,
				(cause != null) ? CancellationCause.valueOf(cause) : null, false, "message", null);
	}

	private static Failure failure(ErrorKind kind, int code, @Nullable Duration delay) {
		return Failure.of(kind, "message").withGrpcCode(code).withRetryDelay(delay);
	}

	/**
	 * Retryable on gRPC, retryable on HTTP and not permanent are one and the same, unless
	 * nobody reads the answer.
	 */
	private static void verifyInvariant(Failure failure, TranslatedError error) {
		if (failure.cause() != CancellationCause.CLIENT) {
			assertThat(isRetryableOnGrpc(error)).isEqualTo(!error.permanent());
			assertThat(isRetryableOnHttp(error)).isEqualTo(!error.permanent());
		}
	}

	private static boolean isRetryableOnGrpc(TranslatedError error) {
		return (error.grpcCode() == 8) ? error.retryInfo() != null
				: List.of(1, 4, 10, 11, 14, 15).contains(error.grpcCode());
	}

	private static boolean isRetryableOnHttp(TranslatedError error) {
		return List.of(429, 502, 503, 504).contains(error.httpStatus());
	}

	private static @Nullable String header(TranslatedError error) {
		Integer seconds = error.retryAfterSeconds();
		return (seconds != null) ? seconds.toString() : null;
	}

}
