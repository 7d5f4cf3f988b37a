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

package dev.ferrule.otlp.grpc;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

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
 * {@code grpcCases} of {@code semantics/otlp-http.json} against the services on a gRPC
 * server with a {@link FakeEngine}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtlpGrpcVectorTests {

	private final FakeTarget target = new FakeTarget();

	private final GrpcVectorRunner runner = new GrpcVectorRunner(this.target);

	@AfterAll
	void stop() {
		this.target.close();
	}

	@TestFactory
	Stream<DynamicTest> casesAreAnsweredAsExpected() {
		return GrpcVectorRunner.ids().stream().map((id) -> DynamicTest.dynamicTest(id, () -> this.runner.run(id)));
	}

	@Test
	void allCasesAreKnown() {
		assertThat(GrpcVectorRunner.ids()).hasSize(20);
	}

	private static final class FakeTarget implements GrpcVectorTarget, AutoCloseable {

		private final FakeEngine engine = new FakeEngine();

		private final Map<Integer, OtlpGrpcServer> servers = new HashMap<>();

		@Override
		public Integer port(int maxMessageBytes) {
			return this.servers
				.computeIfAbsent(maxMessageBytes,
						(limit) -> new OtlpGrpcServer(this.engine,
								OtlpGrpcOptions.defaults().withMaxMessageBytes(limit)))
				.port();
		}

		@Override
		public boolean outcome(@Nullable JsonNode outcome) {
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
			this.servers.values().forEach(OtlpGrpcServer::close);
			this.engine.close();
		}

	}

}
