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

package dev.ferrule.test;

import dev.ferrule.test.SpansApplication.SpansController;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The annotation in a slice, written as users would.
 */
@WebMvcTest
@Import(SpansController.class)
@AutoConfigureTestTelemetryEngine
class AutoConfigureTestTelemetryEngineTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private RecordingTelemetryEngine engine;

	@Test
	void controllerSubmitsUnderContextOfRequest() {
		assertThat(post()).hasStatusOk().hasBodyTextEqualTo("rejected 0");
		Submission submission = this.engine.lastSubmission();
		assertThat(submission.bytes()).containsExactly(1, 2, 3);
		assertThat(submission.context().deadline()).isNotNull();
	}

	// Whichever of the two runs second would see the call of the first
	@Test
	void engineIsResetAfterEachTest() {
		assertThat(this.engine.submissions()).isEmpty();
		assertThat(post()).hasStatusOk();
	}

	@Test
	void engineIsResetBeforeTheNextTest() {
		assertThat(this.engine.submissions()).isEmpty();
		assertThat(post()).hasStatusOk();
	}

	private MvcTestResult post() {
		return this.mvc.post()
			.uri("/spans")
			.header("grpc-timeout", "5S")
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.content(new byte[] { 1, 2, 3 })
			.exchange();
	}

}
