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

import java.util.concurrent.CountDownLatch;

import dev.ferrule.engine.jna.NativeEngine;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.LocalGrpcServerPort;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway in this process with a server behind it that records what arrives.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.grpc.server.port=0", "management.server.port=0" })
abstract class GatewayTestBase {

	/** Never closed: contexts that forward to it are cached until the process ends. */
	static final RecordingOtlpServer downstream = new RecordingOtlpServer();

	/** Opened after each test, for answers that the downstream keeps back. */
	final CountDownLatch release = new CountDownLatch(1);

	@LocalServerPort
	int httpPort;

	@LocalGrpcServerPort
	int grpcPort;

	@Autowired
	NativeEngine engine;

	@DynamicPropertySource
	static void forwardToDownstream(DynamicPropertyRegistry registry) {
		registry.add("ferrule.exporter.endpoint", downstream::endpoint);
	}

	@BeforeEach
	void resetDownstream() {
		downstream.reset();
	}

	@AfterEach
	void endCalls() {
		this.release.countDown();
		Awaitility.await().untilAsserted(() -> assertThat(this.engine.inspector().counters().inFlight()).isZero());
	}

}
