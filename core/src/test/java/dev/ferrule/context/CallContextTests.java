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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.cancellation.CancellationToken;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CallContext}.
 */
class CallContextTests {

	private final LongSupplier ticker = () -> 0;

	private final Deadline soon = Deadline.after(Duration.ofSeconds(1), this.ticker);

	private final Deadline late = Deadline.after(Duration.ofSeconds(2), this.ticker);

	private final TraceContext trace = new TraceContext(1, 2, 3, 1, "", true);

	private final CancellationToken token = new CancellationSource().token();

	private final ClientMetadata metadata = ClientMetadata.builder().add("x-tenant", "secret").build();

	private final CallContext full = CallContext.builder()
		.deadline(this.late)
		.cancellation(this.token)
		.metadata(this.metadata)
		.trace(this.trace)
		.attributesJson("{\"a\":\"secret\"}")
		.build();

	@Test
	void builderSetsEverything() {
		assertThat(this.full.deadline()).isSameAs(this.late);
		assertThat(this.full.cancellation()).isSameAs(this.token);
		assertThat(this.full.metadata()).isSameAs(this.metadata);
		assertThat(this.full.trace()).isSameAs(this.trace);
		assertThat(this.full.attributesJson()).isEqualTo("{\"a\":\"secret\"}");
	}

	@Test
	void backgroundHasNothing() {
		CallContext background = CallContext.background();
		assertThat(background.deadline()).isNull();
		assertThat(background.cancellation()).isSameAs(CancellationToken.none());
		assertThat(background.metadata()).isSameAs(ClientMetadata.empty());
		assertThat(background.trace()).isNull();
		assertThat(background.attributesJson()).isNull();
	}

	@Test
	void deadlineIsShortened() {
		CallContext shortened = this.full.withDeadline(this.soon);
		assertThat(shortened.deadline()).isSameAs(this.soon);
		assertThat(shortened.cancellation()).isSameAs(this.token);
		assertThat(shortened.metadata()).isSameAs(this.metadata);
		assertThat(shortened.trace()).isSameAs(this.trace);
		assertThat(shortened.attributesJson()).isEqualTo(this.full.attributesJson());
	}

	@Test
	void deadlineIsNeverExtended() {
		CallContext shortened = this.full.withDeadline(this.soon);
		assertThat(shortened.withDeadline(this.late)).isSameAs(shortened);
	}

	@Test
	void deadlineIsSetWhereThereWasNone() {
		assertThat(CallContext.background().withDeadline(this.late).deadline()).isSameAs(this.late);
	}

	@Test
	void deadlineOnAnotherClockIsRefused() {
		Deadline other = Deadline.after(Duration.ofSeconds(1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.full.withDeadline(other));
	}

	@Test
	void eachPartIsReplacedAlone() {
		CancellationToken token = new CancellationSource().token();
		assertThat(this.full.withCancellation(token).cancellation()).isSameAs(token);
		assertThat(this.full.withTrace(null).trace()).isNull();
		assertThat(this.full.withMetadata(ClientMetadata.empty()).metadata().isEmpty()).isTrue();
		assertThat(this.full.withMetadata(ClientMetadata.empty()).attributesJson()).isNotNull();
		assertThat(this.full.withAttributesJson(null).attributesJson()).isNull();
		assertThat(this.full.withAttributesJson(null).metadata()).isSameAs(this.metadata);
		assertThat(this.full.withTrace(null).deadline()).isSameAs(this.late);
	}

	@Test
	void blankAttributesAreNone() {
		assertThat(CallContext.builder().attributesJson(" ").build().attributesJson()).isNull();
		assertThat(CallContext.builder().attributes(Map.of()).build().attributesJson()).isNull();
	}

	@Test
	void attributesBecomeJson() {
		Map<String, Object> attributes = new LinkedHashMap<>();
		attributes.put("tenant", Map.of("id", 7));
		attributes.put("tags", List.of("a", true));
		attributes.put("none", null);
		assertThat(CallContext.builder().attributes(attributes).build().attributesJson())
			.isEqualTo("{\"tenant\":{\"id\":7},\"tags\":[\"a\",true],\"none\":null}");
	}

	@Test
	void encodedFormIsMadeOnce() {
		AtomicInteger encodings = new AtomicInteger();
		byte[] first = this.full.cached(byte[].class, (context) -> new byte[encodings.incrementAndGet()]);
		byte[] second = this.full.cached(byte[].class, (context) -> new byte[encodings.incrementAndGet()]);
		assertThat(second).isSameAs(first);
		assertThat(encodings).hasValue(1);
	}

	@Test
	void encodedFormIsSharedWhileMetadataAndAttributesStay() {
		CallContext derived = this.full.withDeadline(this.soon)
			.withTrace(null)
			.withCancellation(CancellationToken.none());
		Object encoded = derived.cached(Object.class, (context) -> new Object());
		assertThat(this.full.cached(Object.class, (context) -> new Object())).isSameAs(encoded);
	}

	@Test
	void encodedFormIsMadeAnewForOtherMetadataOrAttributes() {
		Object encoded = this.full.cached(Object.class, (context) -> new Object());
		assertThat(this.full.withMetadata(ClientMetadata.empty()).cached(Object.class, (context) -> new Object()))
			.isNotSameAs(encoded);
		assertThat(this.full.withAttributesJson("{}").cached(Object.class, (context) -> new Object()))
			.isNotSameAs(encoded);
	}

	@Test
	void encodedFormOfAnotherTypeIsReplaced() {
		this.full.cached(String.class, (context) -> "text");
		assertThat(this.full.cached(Integer.class, (context) -> 1)).isEqualTo(1);
	}

	@Test
	void stringHasNoValues() {
		assertThat(this.full.toString()).contains("x-tenant", "PT2S", "not cancelled").doesNotContain("secret");
	}

}
