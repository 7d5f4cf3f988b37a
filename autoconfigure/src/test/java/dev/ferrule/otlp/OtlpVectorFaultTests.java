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

package dev.ferrule.otlp;

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
import io.grpc.Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * All cases of {@code semantics/otlp-http.json} against both edges with the real engine.
 * They need the library with nodes for tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtlpVectorFaultTests {

	private final RealTarget target = new RealTarget();

	private final HttpVectorRunner http = new HttpVectorRunner(this.target);

	private final GrpcVectorRunner grpc = new GrpcVectorRunner(this.target);

	@AfterAll
	void stop() {
		this.target.close();
	}

	@TestFactory
	Stream<DynamicTest> httpCasesAreAnsweredAsExpected() {
		return HttpVector.all()
			.stream()
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.http.run(vector)));
	}

	@TestFactory
	Stream<DynamicTest> httpOutcomesAreAnsweredInJsonToo() {
		return HttpVector.all()
			.stream()
			.filter((vector) -> vector.outcome() != null)
			.map((vector) -> DynamicTest.dynamicTest(vector.id(), () -> this.http.runAsJson(vector)));
	}

	@TestFactory
	Stream<DynamicTest> grpcCasesAreAnsweredAsExpected() {
		return GrpcVectorRunner.ids().stream().map((id) -> DynamicTest.dynamicTest(id, () -> this.grpc.run(id)));
	}

	private static final class RealTarget implements HttpVectorTarget, GrpcVectorTarget, AutoCloseable {

		private final Map<Integer, RealEngine> engines = new HashMap<>();

		private final Map<List<Object>, OtlpTomcat> tomcats = new HashMap<>();

		private final Map<Integer, Server> grpcServers = new HashMap<>();

		private volatile @Nullable JsonNode outcome;

		@Override
		public URI baseUrl(HttpVector vector) {
			return this.tomcats
				.computeIfAbsent(List.of(vector.maxBodyBytes(), vector.signals()), (configuration) -> tomcat(vector))
				.baseUrl();
		}

		private RealEngine engine(int limit) {
			return this.engines.computeIfAbsent(limit, RealEngine::new);
		}

		private OtlpTomcat tomcat(HttpVector vector) {
			RealEngine engine = engine(vector.maxBodyBytes());
			Set<Signal> signals = vector.signals()
				.stream()
				.map((name) -> Signal.valueOf(name.toUpperCase(Locale.ROOT)))
				.collect(Collectors.toCollection(() -> EnumSet.noneOf(Signal.class)));
			OtlpHttpOptions options = OtlpHttpOptions.defaults()
				.withMaxBodyBytes(vector.maxBodyBytes())
				.withSignals(signals)
				.withHandleUnknownPaths(true);
			ServletCallContextFactory contexts = ServletCallContextFactory.withDeadline(options.defaultDeadline());
			return new OtlpTomcat(new OtlpHttpServlet((signal) -> engine.engine(), ErrorTranslator.create(), options,
					(request, cancellation) -> OutcomeOrder.add(contexts.create(request, cancellation), this.outcome)));
		}

		@Override
		public Integer port(int maxMessageBytes) {
			return this.grpcServers.computeIfAbsent(maxMessageBytes, this::grpcServer).getPort();
		}

		private Server grpcServer(int limit) {
			OtlpGrpcOptions options = OtlpGrpcOptions.defaults().withMaxMessageBytes(limit);
			GrpcCallContextFactory contexts = GrpcCallContextFactory.withDeadline(options.defaultDeadline(),
					options.maxDeadline());
			RealEngine engine = engine(limit);
			return OtlpGrpcServer.start(limit,
					OtlpGrpcService.forSignals((signal) -> engine.engine(), ErrorTranslator.create(), options,
							(call, headers, cancellation) -> OutcomeOrder
								.add(contexts.create(call, headers, cancellation), this.outcome)));
		}

		@Override
		public boolean outcome(@Nullable JsonNode outcome) {
			this.outcome = outcome;
			return true;
		}

		@Override
		public boolean decodes() {
			return true;
		}

		@Override
		public void verifyNothingLeft() {
			this.engines.values().forEach(RealEngine::verifyNothingLeft);
		}

		@Override
		public void close() {
			this.tomcats.values().forEach(OtlpTomcat::close);
			this.grpcServers.values().forEach(Server::shutdownNow);
			this.engines.values().forEach(RealEngine::close);
		}

	}

}
