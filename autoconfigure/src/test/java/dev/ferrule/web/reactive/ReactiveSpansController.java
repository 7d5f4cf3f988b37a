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

package dev.ferrule.web.reactive;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.testsupport.TestingPipeline;
import reactor.core.publisher.Mono;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Hands spans to the engine under the context of the request.
 */
@RestController
class ReactiveSpansController {

	private final TelemetryEngine engine;

	ReactiveSpansController(TelemetryEngine engine) {
		this.engine = engine;
	}

	@PostMapping("/spans")
	Mono<String> spans(@RequestBody byte[] json, CallContext context) {
		return Mono.fromFuture(() -> this.engine.submit(TestingPipeline.payload(json), context)).thenReturn("accepted");
	}

	@PostMapping("/current")
	Mono<String> current(@RequestBody byte[] json) {
		return ReactiveCallContext.current().flatMap((context) -> spans(json, context));
	}

}
