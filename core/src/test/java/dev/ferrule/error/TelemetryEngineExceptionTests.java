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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryEngineException} and its subclasses.
 */
class TelemetryEngineExceptionTests {

	private static final Map<ErrorKind, Class<?>> CLASSES = Map.of(ErrorKind.PERMANENT,
			PermanentTelemetryException.class, ErrorKind.RETRYABLE, RetryableTelemetryException.class,
			ErrorKind.CANCELLED, CallCancelledTelemetryException.class, ErrorKind.TIMEOUT,
			DeadlineExceededTelemetryException.class, ErrorKind.RESOURCE_EXHAUSTED, ThrottledTelemetryException.class,
			ErrorKind.CONFIGURATION, ConfigurationTelemetryException.class);

	@ParameterizedTest
	@EnumSource
	void classFollowsTheKind(ErrorKind kind) {
		Failure failure = Failure.of(kind, "message");
		assertThat(TelemetryEngineException.of(failure)).isExactlyInstanceOf(CLASSES.get(kind));
		assertThat(TelemetryEngineException.withStackTrace(failure, null)).isExactlyInstanceOf(CLASSES.get(kind));
	}

	@ParameterizedTest
	@EnumSource
	void everyFailureIsPermanentOrRetryable(ErrorKind kind) {
		TelemetryEngineException exception = TelemetryEngineException.of(Failure.of(kind, "message"));
		assertThat(exception.isPermanent()).isEqualTo(kind.isPermanent());
		assertThat(exception)
			.isInstanceOf(kind.isPermanent() ? PermanentTelemetryException.class : RetryableTelemetryException.class);
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 7, 12, 16 })
	void someCodesForcePermanence(int code) {
		TelemetryEngineException exception = TelemetryEngineException
			.of(Failure.of(ErrorKind.RETRYABLE, "message").withGrpcCode(code));
		assertThat(exception).isExactlyInstanceOf(PermanentTelemetryException.class);
		assertThat(exception.kind()).isEqualTo(ErrorKind.PERMANENT);
		assertThat(exception.isPermanent()).isTrue();
		assertThat(exception.grpcCode()).isEqualTo(code);
	}

	@ParameterizedTest
	@CsvSource({ "PERMANENT, 5, 5", "RETRYABLE, 10, 10", "PERMANENT, 14, 14", "RETRYABLE, 13, 13", "PERMANENT, 0, 13",
			"RETRYABLE, 17, 2", "RETRYABLE, -1, 2", "TIMEOUT, 3, 4", "CANCELLED, 5, 1", "RESOURCE_EXHAUSTED, 14, 8",
			"CONFIGURATION, 9, 3" })
	void onlyTwoKindsTakeASpecificCode(ErrorKind kind, int code, int expected) {
		Failure failure = Failure.of(kind, "message").withGrpcCode(code);
		assertThat(TelemetryEngineException.of(failure).grpcCode()).isEqualTo(expected);
		assertThat(failure.grpcCode()).isEqualTo(code);
	}

	@Test
	void kindDecidesWhetherPermanent() {
		Failure failure = new Failure(ErrorKind.RESOURCE_EXHAUSTED, 0, 0, 0, true, null, null, false, "message", null);
		assertThat(failure.permanent()).isFalse();
	}

	@Test
	void negativeDelayIsNone() {
		Failure failure = Failure.of(ErrorKind.RETRYABLE, "message").withRetryDelay(Duration.ofMillis(-1));
		assertThat(TelemetryEngineException.of(failure).retryDelay()).isNull();
	}

	@Test
	void delayAndMessageAreTold() {
		TelemetryEngineException exception = TelemetryEngineException
			.of(Failure.of(ErrorKind.RETRYABLE, "message").withRetryDelay(Duration.ZERO));
		assertThat(exception.retryDelay()).isZero();
		assertThat(exception).hasMessage("message");
	}

	@Test
	void detailsAreReadFromJson() {
		TelemetryEngineException exception = withDetails("""
				{"source": "text", "details": [
					{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "value": "AQID"},
					{"@type": "x/some.Message", "value": "no base64", "list": [1]}, {"no": "type"}, 5, null]}""");
		assertThat(exception.details()).containsEntry("source", "text").containsKey("details");
		assertThat(exception.rpcDetails()).hasSize(2).satisfiesExactly((encoded) -> {
			assertThat(encoded.typeName()).isEqualTo("google.rpc.ErrorInfo");
			assertThat(encoded.encoded()).containsExactly(1, 2, 3);
		}, (members) -> {
			assertThat(members.typeName()).isEqualTo("some.Message");
			assertThat(members.members()).containsEntry("list", List.of(1)).doesNotContainKey("@type");
			assertThat(members.encoded()).isNull();
		});
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "no JSON", "[]", "5", "{\"details\":5}", "{\"details\":", "null" })
	void unreadableDetailsAreEmpty(@Nullable String json) {
		assertThat(withDetails(json).rpcDetails()).isEmpty();
		assertThat(withDetails(json).details()).satisfiesAnyOf((details) -> assertThat(details).isEmpty(),
				(details) -> assertThat(details).isEqualTo(Map.of("details", 5)));
	}

	private static TelemetryEngineException withDetails(@Nullable String json) {
		return TelemetryEngineException
			.of(new Failure(ErrorKind.PERMANENT, 3, 0, 0, true, null, null, false, "no", json));
	}

	@Test
	void outcomeHasNoStackTrace() {
		assertThat(TelemetryEngineException.of(Failure.of(ErrorKind.PERMANENT, "message")).getStackTrace()).isEmpty();
		assertThat(new EngineUnavailableException(Failure.of(ErrorKind.RETRYABLE, "stopping")).getStackTrace())
			.isEmpty();
	}

	@Test
	void localFaultHasStackTraceAndCause() {
		Throwable cause = new IllegalStateException("cause");
		TelemetryEngineException exception = TelemetryEngineException
			.withStackTrace(Failure.of(ErrorKind.CONFIGURATION, "message"), cause);
		assertThat(exception.getStackTrace()).isNotEmpty();
		assertThat(exception).hasCause(cause);
	}

	@Test
	void cancelledCallTellsWhy() {
		assertThat(TelemetryEngineException.of(Failure.cancelled(CancellationCause.SHUTDOWN, "stopping")))
			.isInstanceOfSatisfying(CallCancelledTelemetryException.class,
					(exception) -> assertThat(exception.cancellationCause()).isEqualTo(CancellationCause.SHUTDOWN));
	}

	@Test
	void unavailableEngineIsRetryable() {
		RetryableTelemetryException exception = new EngineUnavailableException(
				Failure.of(ErrorKind.RETRYABLE, "restarting").withRetryDelay(Duration.ofSeconds(2)));
		assertThat(exception.grpcCode()).isEqualTo(14);
		assertThat(exception.retryDelay()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void unknownNumberOfKindIsPermanent() {
		assertThat(ErrorKind.fromCode(7)).isEqualTo(ErrorKind.PERMANENT);
		assertThat(ErrorKind.fromCode(0)).isEqualTo(ErrorKind.PERMANENT);
		for (ErrorKind kind : ErrorKind.values()) {
			assertThat(ErrorKind.fromCode(kind.code())).isEqualTo(kind);
		}
	}

	@Test
	void exceptionCanBeSerialized() throws Exception {
		TelemetryEngineException exception = TelemetryEngineException
			.of(Failure.of(ErrorKind.RETRYABLE, "message").withRetryDelay(Duration.ofSeconds(1)));
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(exception);
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			assertThat(((TelemetryEngineException) in.readObject()).failure()).isEqualTo(exception.failure());
		}
	}

}
