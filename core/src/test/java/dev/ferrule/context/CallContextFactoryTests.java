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

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationToken;
import dev.ferrule.context.header.HeaderListCarrier;
import dev.ferrule.context.header.MetadataExtractor;
import dev.ferrule.context.header.MetadataSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallContextFactory}, {@link RequestCallContext} and
 * {@link HeaderListCarrier}.
 */
class CallContextFactoryTests {

	@Test
	void customizersRunAfterExtractorsInOrder() {
		RequestCallContext request = factory((carrier, context) -> context.withAttributesJson("1"),
				(carrier, context) -> context.withAttributesJson(context.attributesJson() + "2"))
			.begin(new HeaderListCarrier());
		assertThat(request.get().attributesJson()).isEqualTo("12");
	}

	@Test
	void contextOfARequestEndsWithItWhateverCustomizersDerive() {
		RequestCallContext request = factory(
				(carrier, context) -> context.withDeadline(Deadline.after(Duration.ofSeconds(1))))
			.begin(new HeaderListCarrier());
		request.get().end(CancellationCause.DEADLINE);
		assertThat(request.cancellation().token().cause()).isEqualTo(CancellationCause.DEADLINE);
	}

	@Test
	void contextWithAnotherTokenDoesNotEndTheRequest() {
		RequestCallContext request = factory((carrier, context) -> context.withCancellation(CancellationToken.none()))
			.begin(new HeaderListCarrier());
		request.get().end(CancellationCause.DEADLINE);
		assertThat(request.cancellation().token().isCancelled()).isFalse();
	}

	@Test
	void partOfTheWorkWithLessTimeDoesNotEndTheRequest() {
		RequestCallContext request = factory().begin(new HeaderListCarrier());
		request.get().withDeadline(Deadline.after(Duration.ZERO)).end(CancellationCause.DEADLINE);
		assertThat(request.cancellation().token().isCancelled()).isFalse();
	}

	@Test
	void failedContextIsTriedAnew() {
		boolean[] fails = { true };
		RequestCallContext request = factory((carrier, context) -> {
			if (fails[0]) {
				throw new IllegalStateException("not yet");
			}
			return context;
		}).begin(new HeaderListCarrier());
		assertThatIllegalStateException().isThrownBy(request::get);
		fails[0] = false;
		assertThat(request.get()).isSameAs(request.get());
	}

	@Test
	void requestIsLetGoOnceItsContextIsBuilt() {
		HeaderListCarrier carrier = new HeaderListCarrier();
		WeakReference<Object> reference = new WeakReference<>(carrier);
		RequestCallContext request = factory().begin(carrier);
		carrier = null;
		CallContext context = request.get();
		Awaitility.await().until(() -> {
			System.gc();
			return reference.get() == null;
		});
		assertThat(request.get()).isSameAs(context);
	}

	@Test
	void contextThatNeedsItselfIsAnError() {
		RequestCallContext[] request = new RequestCallContext[1];
		request[0] = factory((carrier, context) -> request[0].get()).begin(new HeaderListCarrier());
		assertThatIllegalStateException().isThrownBy(() -> request[0].get());
	}

	@Test
	void carrierTakesHeadersOfMessages() {
		Map<String, Object> headers = new LinkedHashMap<>();
		headers.put("X-Tenant", "h\u00e9");
		headers.put("x-number", 7);
		headers.put("x-several", Arrays.asList("a", null, "b"));
		headers.put("x-a-bin", new byte[] { 1, 2 });
		headers.put("x-nothing", null);
		HeaderListCarrier carrier = HeaderListCarrier.of(headers).add("x-tenant", "b").add("x-b-bin", new byte[0]);
		CallContext.Builder builder = CallContext.builder();
		new MetadataExtractor(MetadataSettings.standard(true), new ContextStatistics()).extract(carrier, builder);
		ClientMetadata metadata = builder.build().metadata();
		assertThat(metadata.values("x-tenant")).containsExactly("h\u00e9", "b");
		assertThat(metadata.first("x-number")).isEqualTo("7");
		assertThat(metadata.values("x-several")).containsExactly("a", "b");
		assertThat(metadata.entries()).filteredOn(ClientMetadata.Entry::binary)
			.extracting((entry) -> entry.name() + new String(entry.value(), StandardCharsets.ISO_8859_1))
			.containsExactly("x-a-bin\u0001\u0002", "x-b-bin");
	}

	private static CallContextFactory factory(CallContextCustomizer... customizers) {
		return new CallContextFactory(List.of(), List.of(customizers));
	}

}
