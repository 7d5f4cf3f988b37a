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
import java.util.List;
import java.util.Map;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DeadlineExtractor} and {@link DeadlineSettings}.
 */
class DeadlineExtractorTests {

	private final ContextStatistics statistics = new ContextStatistics();

	@Test
	void deadlineOfTheTransportIsOneMoreCandidate() {
		Deadline transport = Deadline.after(Duration.ofSeconds(5));
		assertThat(extract(carrier(transport, "grpc-timeout", "6S"), null)).isSameAs(transport);
		assertThat(extract(carrier(transport, "grpc-timeout", "4S"), null)).isNotSameAs(transport);
		assertThat(extract(carrier(transport, "x-other", "1"), Duration.ofSeconds(6))).isSameAs(transport);
		assertThat(this.statistics.clampedDeadlines()).isZero();
	}

	@Test
	void deadlineOfTheTransportIsLimited() {
		Deadline transport = Deadline.after(Duration.ofSeconds(50));
		Deadline deadline = extract(carrier(transport, "x-other", "1"), Duration.ofSeconds(6));
		assertThat(deadline.remainingNanos()).isLessThanOrEqualTo(Duration.ofSeconds(6).toNanos());
		assertThat(this.statistics.clampedDeadlines()).isOne();
	}

	@Test
	void malformedHeaderOfGrpcItselfNeverRefusesOnGrpc() {
		Deadline expired = Deadline.after(Duration.ZERO);
		DeadlineExtractor strict = new DeadlineExtractor(
				new DeadlineSettings(null, null, true, DeadlineSettings.standardHeaders()), this.statistics);
		CallContext.Builder builder = CallContext.builder();
		strict.extract(carrier(expired, "grpc-timeout", "-1S"), builder);
		assertThat(builder.build().deadline()).isSameAs(expired);
		assertThat(this.statistics.invalidDeadlines()).isOne();
		assertThatExceptionOfType(TelemetryEngineException.class)
			.isThrownBy(() -> strict.extract(carrier(expired, "connect-timeout-ms", "secret"), builder))
			.withMessage("The value of the header 'connect-timeout-ms' is not a valid timeout.");
	}

	@Test
	void readsTheConfiguredHeadersOnly() {
		DeadlineExtractor extractor = new DeadlineExtractor(
				new DeadlineSettings(null, null, false, Map.of("X-Budget", DeadlineFormat.CONNECT)), this.statistics);
		assertThat(extractor.read(VectorCarrier.http("x-budget", "7")).nanos()).isEqualTo(7_000_000);
		assertThat(extractor.read(VectorCarrier.http("grpc-timeout", "7S")).header()).isNull();
	}

	@Test
	void settingsRefuseWhatCannotWork() {
		Duration second = Duration.ofSeconds(1);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DeadlineSettings(Duration.ZERO, null, false, Map.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DeadlineSettings(null, second.negated(), false, Map.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DeadlineSettings(second.plusNanos(1), second, false, Map.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DeadlineSettings(null, null, false, Map.of("a b", DeadlineFormat.GRPC)))
			.withMessageContaining("'a b'");
	}

	private Deadline extract(RequestCarrier carrier, @Nullable Duration maximum) {
		CallContext.Builder builder = CallContext.builder();
		new DeadlineExtractor(new DeadlineSettings(null, maximum, false, DeadlineSettings.standardHeaders()),
				this.statistics)
			.extract(carrier, builder);
		return builder.build().deadline();
	}

	private static RequestCarrier carrier(Deadline transport, String name, String value) {
		VectorCarrier headers = new VectorCarrier(RequestCarrier.Transport.GRPC, List.of(List.of(name, value)),
				System.nanoTime());
		return new RequestCarrier() {

			@Override
			public Transport transport() {
				return headers.transport();
			}

			@Override
			public long arrivalNanoTime() {
				return headers.arrivalNanoTime();
			}

			@Override
			public Deadline transportDeadline() {
				return transport;
			}

			@Override
			public void forEachHeader(HeaderVisitor visitor) {
				headers.forEachHeader(visitor);
			}

		};
	}

}
