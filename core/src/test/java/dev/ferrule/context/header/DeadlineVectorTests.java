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

package dev.ferrule.context.header;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.Deadline;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Runs the vectors of {@code deadline.json} that the context decides.
 */
class DeadlineVectorTests {

	/**
	 * A gRPC server resets the stream before anyone sees the call, or takes the value for
	 * an expired deadline although it is malformed.
	 */
	private static final Set<String> DECIDED_BY_GRPC = Set.of("RES-invalid-grpc", "RES-negative-grpc");

	/**
	 * How a deadline crosses is tested with the engine, how it goes out and what becomes
	 * of retries and batches in it. A suspended host is a note.
	 */
	private static final Set<String> DECIDED_BY_THE_ENGINE = Set.of("CLK-cross", "CLK-cross-expired", "CLK-cross-none",
			"CLK-suspend", "CLK-outbound-grpc", "CLK-outbound-connect", "CLK-outbound-connect-sub", "CLK-enc-a",
			"CLK-enc-b", "CLK-enc-c", "CLK-enc-d", "CLK-enc-e", "CLK-enc-f", "CLK-enc-g", "CLK-enc-h", "CLK-enc-i",
			"CLK-enc-j", "CLK-retry", "CLK-batch");

	private final SemanticVectors vectors = SemanticVectors.load("deadline.json");

	@TestFactory
	Stream<DynamicTest> grpcTimeout() {
		return this.vectors.tests("grpcTimeout", Set.of(), (vector) -> {
			Vector expected = vector.child("expect");
			long nanos = DeadlineFormat.GRPC.parse(vector.get("value"));
			assertThat(nanos)
				.isEqualTo(expected.bool("valid") ? expected.number("timeoutNanos") : DeadlineFormat.INVALID);
			assertThat(nanos == 0).isEqualTo(expected.bool("expired"));
		});
	}

	@TestFactory
	Stream<DynamicTest> httpHeaders() {
		return this.vectors.tests("httpHeaders", Set.of(), (vector) -> {
			Vector expected = vector.child("expect");
			ContextStatistics counted = new ContextStatistics();
			CallContext.Builder builder = CallContext.builder();
			DeadlineExtractor extractor = new DeadlineExtractor(settings(null, null, false), counted);
			VectorCarrier carrier = VectorCarrier.http(vector.get("header"), vector.get("value"));
			extractor.extract(carrier, builder);
			assertRemaining(builder.build(), carrier, expected.number("timeoutNanos"));
			assertThat(counted.invalidDeadlines()).isEqualTo(expected.bool("valid") ? 0 : 1);
		});
	}

	@TestFactory
	Stream<DynamicTest> resolution() {
		return this.vectors.tests("resolution", DECIDED_BY_GRPC, (vector) -> {
			Vector expected = vector.child("expect");
			Vector config = vector.child("input").child("config");
			ContextStatistics counted = new ContextStatistics();
			Duration maximum = millis(config, "maxMillis");
			DeadlineExtractor extractor = new DeadlineExtractor(
					settings(millis(config, "defaultMillis"), maximum, config.bool("strict")), counted);
			VectorCarrier carrier = VectorCarrier.of(vector.child("input"));
			if ("REJECT".equals(expected.text("outcome"))) {
				assertRefused(extractor, carrier, expected);
				return;
			}
			CallContext.Builder builder = CallContext.builder();
			extractor.extract(carrier, builder);
			CallContext context = builder.build();
			assertThat(counted.clampedDeadlines()).isEqualTo(expected.bool("clamped") ? 1 : 0);
			switch (expected.<String>get("outcome")) {
				case "NONE" -> assertThat(context.deadline()).isNull();
				case "EXPIRED" -> assertThat(context.deadline().isExpired()).isTrue();
				default -> {
					assertRemaining(context, carrier, expected.number("timeoutNanos"));
					assertChosen(extractor.read(carrier), expected);
				}
			}
		});
	}

	private void assertRefused(DeadlineExtractor extractor, VectorCarrier carrier, Vector expected) {
		assertThatExceptionOfType(TelemetryEngineException.class)
			.isThrownBy(() -> extractor.extract(carrier, CallContext.builder()))
			.satisfies((ex) -> {
				assertThat(ex.kind()).hasToString(expected.text("kind"));
				assertThat((long) ex.grpcCode()).isEqualTo(expected.number("code"));
				assertThat((long) ex.failure().httpStatus()).isEqualTo(expected.number("httpStatus"));
			});
	}

	private void assertChosen(DeadlineExtractor.Reading reading, Vector expected) {
		String chosen = expected.get("chosenFrom");
		if (!expected.bool("clamped")) {
			assertThat(reading.header()).isEqualTo(chosen.startsWith("config.") ? null : chosen);
		}
		else {
			assertThat(chosen).isEqualTo("config.max");
			assertThat(reading.nanos()).isGreaterThan(expected.number("timeoutNanos"));
		}
	}

	@TestFactory
	Stream<DynamicTest> clock() {
		return this.vectors.tests("clock", DECIDED_BY_THE_ENGINE,
				Map.of("CLK-anchor", this::anchor, "CLK-wall-forward", this::wallClockPlaysNoPart, "CLK-wall-back",
						this::wallClockPlaysNoPart, "CLK-nanotime-wrap", this::wrap));
	}

	private void anchor(Vector vector) {
		Vector timeline = vector.child("timeline");
		Deadline deadline = Deadline.since(timeline.number("headersAtNanos"),
				Duration.ofNanos(timeline.number("timeoutNanos")), () -> timeline.number("dispatchAtNanos"));
		assertThat(deadline.remainingNanos()).isEqualTo(vector.child("expect").number("remainingAtDispatch"));
	}

	private void wallClockPlaysNoPart(Vector vector) {
		// There is no wall clock to jump: the ticker is all that a deadline reads
		Vector timeline = vector.child("timeline");
		Vector expected = vector.child("expect");
		AtomicLong ticker = new AtomicLong();
		Deadline deadline = Deadline.after(Duration.ofNanos(timeline.number("timeoutNanos")), ticker::get);
		ticker.set(timeline.number("elapsedMonotonicNanos"));
		assertThat(deadline.isExpired()).isEqualTo(expected.bool("expired"));
		if (expected.has("remainingNanos")) {
			assertThat(deadline.remainingNanos()).isEqualTo(expected.number("remainingNanos"));
		}
	}

	private void wrap(Vector vector) {
		Vector timeline = vector.child("timeline");
		Deadline deadline = Deadline.after(Duration.ofNanos(timeline.number("timeoutNanos")),
				() -> timeline.number("nowNanos"));
		assertThat(deadline.isExpired()).isEqualTo(vector.child("expect").bool("expired"));
		assertThat(deadline.remainingNanos()).isEqualTo(timeline.number("timeoutNanos"));
	}

	private static void assertRemaining(CallContext context, VectorCarrier carrier, @Nullable Long expected) {
		Deadline deadline = context.deadline();
		if (expected == null) {
			assertThat(deadline).isNull();
			return;
		}
		long before = System.nanoTime() - carrier.arrivalNanoTime();
		long remaining = deadline.remainingNanos();
		long after = System.nanoTime() - carrier.arrivalNanoTime();
		assertThat(remaining).isBetween(expected - after, expected - before);
	}

	private static DeadlineSettings settings(@Nullable Duration time, @Nullable Duration maximum, boolean strict) {
		return new DeadlineSettings(time, maximum, strict, DeadlineSettings.standardHeaders());
	}

	private static @Nullable Duration millis(Vector config, String name) {
		Long millis = config.number(name);
		return (millis != null) ? Duration.ofMillis(millis) : null;
	}

}
