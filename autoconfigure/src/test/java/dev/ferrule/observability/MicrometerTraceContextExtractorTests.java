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

package dev.ferrule.observability;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.context.TraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link MicrometerTraceContextExtractor}.
 */
class MicrometerTraceContextExtractorTests {

	private static final TraceContext OF_HEADERS = new TraceContext(1, 2, 3, 1, "", true);

	private final Observations observations = new Observations();

	@AfterEach
	void closeObservations() {
		this.observations.close();
	}

	@Test
	void currentSpanIsTheTraceContext() {
		Observation request = Observation.start("request", this.observations.registry());
		request.scoped(() -> {
			TraceContext trace = extract(this.observations.tracer());
			assertThat(trace.spanIdHex()).isEqualTo(this.observations.tracer().currentSpan().context().spanId());
			assertThat(trace.traceIdHex()).isEqualTo(this.observations.tracer().currentSpan().context().traceId());
			assertThat(trace.isSampled()).isTrue();
			assertThat(trace.remote()).isFalse();
		});
	}

	@Test
	void headersTellWhereThereIsNoSpan() {
		assertThat(extract(this.observations.tracer())).isEqualTo(OF_HEADERS);
	}

	@Test
	void headersTellWhereTheTracerDoesNothing() {
		assertThat(extract(Tracer.NOOP)).isEqualTo(OF_HEADERS);
	}

	@ParameterizedTest
	@CsvSource({ "00000000000000000000000000000000, 0000000000000001", "0af7651916cd43dd8448eb211c80319c, ''",
			"xyz, 0000000000000001" })
	void headersTellWhereTheIdsAreInvalid(String traceId, String spanId) {
		assertThat(extract(tracer(traceId, spanId, true))).isEqualTo(OF_HEADERS);
	}

	@ParameterizedTest
	@CsvSource({ "true, 1", "false, 0", ", 0" })
	void decisionToSampleIsTheFlag(@Nullable Boolean sampled, int flags) {
		// Of Brave there may be ids of 64 bits
		assertThat(extract(tracer("8448eb211c80319c", "b7ad6b7169203331", sampled)))
			.isEqualTo(new TraceContext(0, 0x8448eb211c80319cL, 0xb7ad6b7169203331L, flags, "", false));
	}

	private static @Nullable TraceContext extract(Tracer tracer) {
		CallContext.Builder builder = CallContext.builder();
		new MicrometerTraceContextExtractor(new CurrentSpan(tracer), (request, context) -> context.trace(OF_HEADERS))
			.extract(mock(RequestCarrier.class), builder);
		return builder.build().trace();
	}

	private static Tracer tracer(String traceId, String spanId, @Nullable Boolean sampled) {
		Tracer tracer = mock(Tracer.class);
		Span span = mock(Span.class);
		io.micrometer.tracing.TraceContext ids = mock(io.micrometer.tracing.TraceContext.class);
		given(tracer.currentSpan()).willReturn(span);
		given(span.context()).willReturn(ids);
		given(ids.traceId()).willReturn(traceId);
		given(ids.spanId()).willReturn(spanId);
		given(ids.sampled()).willReturn(sampled);
		return tracer;
	}

}
