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

package dev.ferrule.sample;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.EngineCounters;
import dev.ferrule.engine.jna.NativeEngine;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each call has one outcome while clients leave, deadlines pass and the server
 * behind the gateway fails in all ways. {@code -Dferrule.test.load=60s} makes each case
 * last that long instead of two seconds, and looks at the memory.
 */
class FaultLoadTests {

	private static final Logger logger = LoggerFactory.getLogger(FaultLoadTests.class);

	private static final Duration DURATION = Duration.parse("PT" + System.getProperty("ferrule.test.load", "2s"));

	/** In less time the virtual machine is still warming up. */
	private static final boolean LOOK_AT_MEMORY = DURATION.compareTo(Duration.ofSeconds(30)) >= 0;

	private static final long ALLOWED_GROWTH = 64 << 20;

	@ParameterizedTest
	@CsvSource({ "grpc, false", "grpc, true", "http, false", "http, true" })
	void eachCallHasOneOutcome(String protocol, boolean batch) throws Exception {
		try (FaultyOtlpServer server = new FaultyOtlpServer("http".equals(protocol));
				BreakingProxy proxy = new BreakingProxy(server.port());
				ConfigurableApplicationContext gateway = start(protocol, batch, proxy);
				ImpatientClients clients = new ImpatientClients(port(gateway, "local.server.port"),
						port(gateway, "local.grpc.server.port"))) {
			NativeEngine engine = gateway.getBean(NativeEngine.class);
			List<Memory> memory = load(clients, proxy);
			clients.stop();
			Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertNothingLeft(engine));
			logger.info(protocol + (batch ? ", batched: " : ": ") + engine.inspector().counters() + "; clients heard "
					+ clients.heard() + "; server did " + server.served() + "; " + memory);
			assertThat(clients.complaints()).isEmpty();
			if (LOOK_AT_MEMORY) {
				assertThat(memory.get(2).resident() - memory.get(1).resident()).isLessThan(ALLOWED_GROWTH);
			}
		}
	}

	private static ConfigurableApplicationContext start(String protocol, boolean batch, BreakingProxy proxy) {
		return SpringApplication.run(GatewayApplication.class, "--server.port=0", "--spring.grpc.server.port=0",
				"--management.server.port=0", "--ferrule.exporter.endpoint=" + proxy.endpoint(),
				"--ferrule.exporter.protocol=" + protocol, "--ferrule.batch.enabled=" + batch,
				"--ferrule.batch.max-duration=20ms", "--logging.level.io.grpc.netty=error");
	}

	/**
	 * Lets clients and the network do their worst, and looks at the memory three times.
	 */
	private static List<Memory> load(ImpatientClients clients, BreakingProxy proxy) throws Exception {
		ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
		try {
			timer.scheduleWithFixedDelay(proxy::breakConnections, 500, 700, TimeUnit.MILLISECONDS);
			clients.start();
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(clients.heard()).containsKeys("grpc OK", "http 200"));
			List<Memory> memory = new ArrayList<>();
			for (int third = 0; third < 3; third++) {
				new CountDownLatch(1).await(DURATION.toMillis() / 3, TimeUnit.MILLISECONDS);
				if (LOOK_AT_MEMORY) {
					memory.add(Memory.now());
				}
			}
			return memory;
		}
		finally {
			timer.shutdownNow();
		}
	}

	private static void assertNothingLeft(NativeEngine engine) {
		EngineCounters counters = engine.inspector().counters();
		assertThat(counters.inFlight()).isZero();
		assertThat(counters.completed()).isEqualTo(counters.submitted()).isPositive();
		assertThat(counters.lastNetFired()).isZero();
		assertThat(counters.lateCompletions()).isZero();
		assertThat(counters.malformedRecords()).isZero();
		assertThat(counters.pollErrors()).isZero();
		assertThat(counters.executorRejections()).isZero();
		JsonNode status = JsonMapper.shared().readTree(engine.inspector().status());
		assertThat(status.get("payloadBytes").asLong()).isZero();
	}

	private static int port(ConfigurableApplicationContext gateway, String property) {
		return gateway.getEnvironment().getRequiredProperty(property, Integer.class);
	}

	/**
	 * Memory of this process after a garbage collection, in bytes.
	 *
	 * @param resident all that is in memory; 0 where the system does not tell
	 * @param heap used heap
	 */
	private record Memory(long resident, long heap) {

		/** The virtual machine gives back memory some time after the collection. */
		static Memory now() throws Exception {
			System.gc();
			long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
			long least = read();
			for (int i = 0; i < 20; i++) {
				new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
				least = Math.min(least, read());
			}
			return new Memory(least, heap);
		}

		private static long read() throws IOException {
			Path status = Path.of("/proc/self/status");
			return Files.exists(status) ? Files.readAllLines(status)
				.stream()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
				.sum() : 0;
		}

		@Override
		public String toString() {
			return (this.resident >> 20) + " MiB resident, " + (this.heap >> 20) + " MiB of heap";
		}

	}

}
