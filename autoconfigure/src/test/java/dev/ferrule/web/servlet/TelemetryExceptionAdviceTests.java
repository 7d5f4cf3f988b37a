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

package dev.ferrule.web.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.ferrule.web.FailingController;
import dev.ferrule.web.ProblemAnswers;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.client.MockMvcWebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Tests for {@link TelemetryExceptionAdvice} with MockMvc and on Tomcat.
 */
class TelemetryExceptionAdviceTests extends ProblemAnswers {

	TelemetryExceptionAdviceTests() {
		super(WebApplicationType.SERVLET, Application.class);
	}

	@Override
	protected WebTestClient mock(ConfigurableApplicationContext context) {
		return MockMvcWebTestClient.bindToApplicationContext((WebApplicationContext) context).build();
	}

	@Override
	protected List<String> outcomes() {
		List<String> outcomes = new ArrayList<>(super.outcomes());
		outcomes.addAll(List.of("/deferred", "/callable"));
		return outcomes;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ FailingController.class, AsyncController.class })
	static class Application {

		@Bean
		TomcatServletWebServerFactory webServer() {
			return new TomcatServletWebServerFactory();
		}

	}

	@RestController
	static class AsyncController {

		@GetMapping("/deferred")
		DeferredResult<String> deferred(@RequestParam String failure) {
			DeferredResult<String> result = new DeferredResult<>();
			result.setErrorResult(FailingController.failure(failure));
			return result;
		}

		@GetMapping("/callable")
		Callable<String> callable(@RequestParam String failure) {
			return () -> {
				throw FailingController.failure(failure);
			};
		}

	}

}
