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

import dev.ferrule.test.AutoConfigureTestTelemetryEngine;
import dev.ferrule.test.RecordingTelemetryEngine;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

@WebMvcTest(SpansController.class)
@AutoConfigureTestTelemetryEngine
class SpansControllerTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private RecordingTelemetryEngine engine;

	@Test
	void controllerSubmits() {
		assertThat(this.mvc.post().uri("/spans").content(new byte[] { 1, 2, 3 })).hasStatusOk();
		assertThat(this.engine.lastSubmission().bytes()).containsExactly(1, 2, 3);
	}

}
