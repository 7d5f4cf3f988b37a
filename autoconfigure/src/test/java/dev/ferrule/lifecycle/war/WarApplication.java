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

package dev.ferrule.lifecycle.war;

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose classes the web application's class loader has.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class WarApplication {

	private final TelemetryEngine engine;

	WarApplication(TelemetryEngine engine) {
		this.engine = engine;
	}

	@PostMapping("/spans")
	CompletableFuture<String> spans(@RequestBody byte[] body, CallContext context) {
		return this.engine
			.submit(TelemetryPayload.of(Signal.TRACES, body).with(PayloadEncoding.JSON, ContentCoding.IDENTITY),
					context)
			.thenApply((result) -> "done");
	}

}
