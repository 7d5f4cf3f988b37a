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

package dev.ferrule.otlp.http;

import java.net.URI;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.ferrule.engine.Signal;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.otlp.FakeEngine;
import dev.ferrule.otlp.FakeOutcomes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code semantics/otlp-http.json} against the servlet on Tomcat with a
 * {@link FakeEngine}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtlpHttpVectorTests {

	private final FakeTarget target = new FakeTarget();

	private final HttpVectorRunner runner = new HttpVectorRunner(this.target);

	@AfterAll
	void stop() {
		this.target.close();
	}

	@TestFactory
	Stream<DynamicTest> casesAreAnsweredAsExpected() {
		return HttpVector.all()
			.stream()
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.runner.run(vector)));
	}

	@TestFactory
	Stream<DynamicTest> outcomesAreAnsweredInJsonToo() {
		return HttpVector.all()
			.stream()
			.filter((vector) -> vector.outcome() != null)
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.runner.runAsJson(vector)));
	}

	@Test
	void casesThatOnlyTheEngineDecidesAreKnown() {
		List<HttpVector> vectors = HttpVector.all();
		Set<String> needsEngine = vectors.stream()
			.filter(HttpVector::needsDecoding)
			.map(HttpVector::id)
			.collect(Collectors.toSet());
		assertThat(vectors).hasSize(122);
		assertThat(needsEngine).hasSize(41)
			.allMatch((id) -> id.matches("H-(j|json|pb|gzip|size|error|problem|pipelined).*"));
	}

	private static final class FakeTarget implements HttpVectorTarget, AutoCloseable {

		private final FakeEngine engine = new FakeEngine();

		private final Map<List<Object>, OtlpTomcat> servers = new HashMap<>();

		private volatile @Nullable JsonNode outcome;

		@Override
		public URI baseUrl(HttpVector vector) {
			return this.servers
				.computeIfAbsent(List.of(vector.maxBodyBytes(), vector.signals()), (configuration) -> server(vector))
				.baseUrl();
		}

		private OtlpTomcat server(HttpVector vector) {
			Set<Signal> signals = vector.signals()
				.stream()
				.map((name) -> Signal.valueOf(name.toUpperCase(Locale.ROOT)))
				.collect(Collectors.toCollection(() -> EnumSet.noneOf(Signal.class)));
			OtlpHttpOptions options = OtlpHttpOptions.defaults()
				.withMaxBodyBytes(vector.maxBodyBytes())
				.withSignals(signals)
				.withHandleUnknownPaths(true);
			ServletCallContextFactory contexts = ServletCallContextFactory.withDeadline(options.defaultDeadline());
			return new OtlpTomcat(new OtlpHttpServlet((signal) -> this.engine, ErrorTranslator.create(), options,
					(request, cancellation) -> {
						authenticate();
						return contexts.create(request, cancellation);
					}));
		}

		private void authenticate() {
			JsonNode outcome = this.outcome;
			if (outcome != null && FakeOutcomes.isOwnAuthentication(outcome)) {
				throw TelemetryEngineException.of(FakeOutcomes.failure(outcome));
			}
		}

		@Override
		public boolean outcome(@Nullable JsonNode outcome) {
			this.outcome = outcome;
			this.engine.behave(FakeOutcomes.behaviour(outcome));
			return true;
		}

		@Override
		public boolean decodes() {
			return false;
		}

		@Override
		public void verifyNothingLeft() {
			this.engine.awaitNothingReserved();
		}

		@Override
		public void close() {
			this.servers.values().forEach(OtlpTomcat::close);
			this.engine.close();
		}

	}

}
