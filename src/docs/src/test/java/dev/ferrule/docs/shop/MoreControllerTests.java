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

package dev.ferrule.docs.shop;

import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.ferrule.docs.Answers;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.test.AutoConfigureTestTelemetryEngine;
import dev.ferrule.test.RecordingTelemetryEngine;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the other controllers of own-controller.md and deadlines.md, and for the
 * answer in errors.md.
 */
@WebMvcTest
@AutoConfigureTestTelemetryEngine
class MoreControllerTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private RecordingTelemetryEngine engine;

	@Test
	void handlerThatWaitsAnswers() {
		assertThat(this.mvc.post().uri("/waiting").content("{}")).hasStatusOk().bodyText().isEqualTo("accepted");
	}

	@Test
	void deadlineIsShortened() {
		assertThat(this.mvc.post().uri("/urgent").content("{}")).hasStatusOk();
		assertThat(this.engine.lastSubmission().context().deadline().remainingNanos())
			.isLessThanOrEqualTo(Duration.ofMillis(500).toNanos());
	}

	@Test
	void failureBecomesProblemDetails() throws UnsupportedEncodingException {
		this.engine.fail(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "the downstream asks for fewer requests")
			.withRetryDelay(Duration.ofMillis(1500)));
		MvcTestResult result = this.mvc.post().uri("/spans").content("{}".getBytes(StandardCharsets.UTF_8)).exchange();
		assertThat(Answers.of(result.getResponse())).isEqualTo(Answers.of("""
				HTTP/1.1 429
				Content-Type: application/problem+json
				Retry-After: 2

				{"type":"urn:ferrule:problem:throttled","title":"Too much telemetry at the moment","status":429,\
				"detail":"the downstream asks for fewer requests","instance":"/spans",\
				"errorKind":"RESOURCE_EXHAUSTED","grpcCode":8,"permanent":false,"retryAfterMillis":1500}
				"""));
	}

}
