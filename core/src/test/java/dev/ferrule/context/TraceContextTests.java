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

package dev.ferrule.context;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TraceContext}.
 */
class TraceContextTests {

	private static final String TRACE_ID = "4c1fd2e8a07b9635f1d0c3b2a4956871";

	private static final String SPAN_ID = "9ab1c2d3e4f50617";

	@Test
	void hexadecimalIdsAreRead() {
		TraceContext trace = TraceContext.ofHex(TRACE_ID, SPAN_ID, 1, "a=1", true);
		assertThat(trace)
			.isEqualTo(new TraceContext(0x4c1fd2e8a07b9635L, 0xf1d0c3b2a4956871L, 0x9ab1c2d3e4f50617L, 1, "a=1", true));
	}

	@Test
	void hexadecimalIdsAreWrittenAsRead() {
		TraceContext trace = new TraceContext(0x0c1fd2e8a07b9635L, 1, 2, 0, "", false);
		assertThat(trace.traceIdHex()).isEqualTo("0c1fd2e8a07b96350000000000000001");
		assertThat(trace.spanIdHex()).isEqualTo("0000000000000002");
	}

	@Test
	void shortTraceIdIsTheLowHalf() {
		TraceContext trace = TraceContext.ofHex("f1d0c3b2a4956871", SPAN_ID, 0, null, false);
		assertThat(trace).isNotNull();
		assertThat(trace.traceIdHex()).isEqualTo("0000000000000000f1d0c3b2a4956871");
	}

	@ParameterizedTest
	@CsvSource({ "00000000000000000000000000000000, 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a4956871, 0000000000000000, 1", "0000000000000000, 9ab1c2d3e4f50617, 1",
			"4C1FD2E8A07B9635F1D0C3B2A4956871, 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a4956871, 9AB1C2D3E4F50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a495687, 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a49568711, 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a495687g, 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a4956871, 9ab1c2d3e4f5061, 1", "'', 9ab1c2d3e4f50617, 1",
			"4c1fd2e8a07b9635f1d0c3b2a4956871, '', 1", "4c1fd2e8a07b9635f1d0c3b2a4956871, 9ab1c2d3e4f50617, -1",
			"4c1fd2e8a07b9635f1d0c3b2a4956871, 9ab1c2d3e4f50617, 256" })
	void malformedPartsAreNoContext(String traceId, String spanId, int flags) {
		assertThat(TraceContext.ofHex(traceId, spanId, flags, null, true)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a=\r\nx: y", "a=\u00e9", "a=\t", "\u0000", "a=\u007f" })
	void unprintableTraceStateIsDroppedFromHeadersAndRefusedOtherwise(String traceState) {
		TraceContext trace = TraceContext.ofHex(TRACE_ID, SPAN_ID, 1, traceState, true);
		assertThat(trace).isNotNull();
		assertThat(trace.traceState()).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(1, 1, 1, 0, traceState, true));
	}

	@Test
	void zeroIdsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(0, 0, 1, 0, "", false));
		assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(1, 1, 0, 0, "", false));
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 256, Integer.MAX_VALUE, Integer.MIN_VALUE })
	void flagsBeyondAByteAreRefused(int flags) {
		assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(1, 1, 1, flags, "", false));
	}

	@Test
	void sampledIsTheLowestFlag() {
		assertThat(new TraceContext(1, 1, 1, 0x01, "", false).isSampled()).isTrue();
		assertThat(new TraceContext(1, 1, 1, 0xff, "", false).isSampled()).isTrue();
		assertThat(new TraceContext(1, 1, 1, 0x02, "", false).isSampled()).isFalse();
	}

	@Test
	void stringIsLikeTheHeader() {
		assertThat(TraceContext.ofHex(TRACE_ID, SPAN_ID, 0xff, "a=1", true))
			.hasToString("TraceContext[4c1fd2e8a07b9635f1d0c3b2a4956871-9ab1c2d3e4f50617-ff, remote]");
	}

}
