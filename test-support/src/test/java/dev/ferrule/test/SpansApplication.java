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

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application to be tested.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class SpansApplication {

	@RestController
	static class SpansController {

		private final TelemetryEngine engine;

		SpansController(TelemetryEngine engine) {
			this.engine = engine;
		}

		@PostMapping("/spans")
		CompletableFuture<String> spans(@RequestBody byte[] body, CallContext context) {
			CompletableFuture<ExportResult> outcome = this.engine.submit(TelemetryPayload.of(Signal.TRACES, body),
					context);
			return outcome.thenApply((result) -> "rejected " + result.rejectedItems());
		}

	}

}
