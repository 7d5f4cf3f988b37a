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

package dev.ferrule.lifecycle;

import java.util.concurrent.CompletableFuture;

import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.testsupport.TestingPipeline;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with everything: web and gRPC servers, health, meters, an engine.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@PropertySource("classpath:dev/ferrule/lifecycle/application.properties")
@RestController
public class SomeApplication {

	private final TelemetryEngine engine;

	SomeApplication(TelemetryEngine engine) {
		this.engine = engine;
	}

	static ConfigurableApplicationContext start(String... arguments) {
		return builder().run(arguments);
	}

	static SpringApplicationBuilder builder() {
		return new SpringApplicationBuilder(SomeApplication.class).properties("spring.docker.compose.enabled=false");
	}

	static ExportResult submit(TelemetryEngine engine) {
		return engine.submit(TestingPipeline.payload(TestingPipeline.SPANS), CallContext.background()).join();
	}

	@Bean
	static TomcatServletWebServerFactory webServer() {
		return new TomcatServletWebServerFactory();
	}

	@PostMapping("/spans")
	CompletableFuture<String> spans(@RequestBody byte[] body, CallContext context) {
		return this.engine.submit(TestingPipeline.payload(body), context).thenApply((result) -> "done");
	}

}
