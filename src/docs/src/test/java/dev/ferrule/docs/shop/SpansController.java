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

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SpansController {

	private final TelemetryEngine engine;

	SpansController(TelemetryEngine engine) {
		this.engine = engine;
	}

	@PostMapping("/spans")
	CompletableFuture<String> spans(@RequestBody byte[] json, CallContext context) {
		TelemetryPayload payload = TelemetryPayload.of(Signal.TRACES, json)
			.with(PayloadEncoding.JSON, ContentCoding.IDENTITY);
		return this.engine.submit(payload, context).thenApply((result) -> "accepted");
	}

}
