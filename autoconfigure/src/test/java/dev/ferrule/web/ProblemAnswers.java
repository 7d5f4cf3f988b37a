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

package dev.ferrule.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.ferrule.SemanticVectors;
import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What clients of an application are told, the same with every web server.
 */
public abstract class ProblemAnswers {

	private static final List<String> OUTCOMES = List.of("/throw", "/future", "/mono", "/flux", "/wrapped");

	private final SemanticVectors vectors = SemanticVectors.load("error-mapping.json");

	/** The application that most tests share. */
	private static @Nullable ConfigurableApplicationContext shared;

	private final WebApplicationType type;

	private final Class<?> application;

	/**
	 * Creates tests of a kind of application.
	 * @param type kind of the application
	 * @param application its configuration
	 */
	protected ProblemAnswers(WebApplicationType type, Class<?> application) {
		this.type = type;
		this.application = application;
	}

	@AfterAll
	static void stop() {
		if (shared != null) {
			shared.close();
			shared = null;
		}
	}

	private ConfigurableApplicationContext shared() {
		if (shared == null) {
			shared = start(List.of());
		}
		return shared;
	}

	private ConfigurableApplicationContext start(List<Class<?>> sources, String... properties) {
		return new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
			.sources(this.application, EngineConfiguration.class)
			.web(this.type)
			.properties("spring.main.banner-mode=off", "server.address=127.0.0.1", "server.port=0",
					"server.shutdown=immediate", "spring.grpc.server.enabled=false")
			.properties(properties)
			.run();
	}

	/**
	 * Returns a client without network.
	 * @param context the application
	 * @return the client
	 */
	protected abstract WebTestClient mock(ConfigurableApplicationContext context);

	/**
	 * Returns the paths of what only this kind of application can do.
	 * @return paths of {@link FailingController} and others
	 */
	protected List<String> outcomes() {
		return OUTCOMES;
	}

	@TestFactory
	Stream<DynamicTest> problemDetails() {
		// OTLP paths are tested where they are served
		return this.vectors.tests("problemDetails", Set.of("PD-OTLP"), this::verify);
	}

	private void verify(Vector vector) {
		Vector expected = vector.child("expect");
		String kind = vector.child("input").get("kind");
		Set<String> members = new LinkedHashSet<>(expected.<List<String>>get("members"));
		members.addAll(expected.<List<String>>get("extensions"));
		for (WebTestClient client : List.of(mock(shared()), client(shared()))) {
			for (String path : outcomes()) {
				int status = Math.toIntExact(expected.number("status"));
				get(client, path, kind).expectStatus()
					.isEqualTo(status)
					.expectHeader()
					.contentType(expected.<String>get("contentType"))
					.expectBody(Map.class)
					.value((body) -> assertThat(body).containsOnlyKeys(members)
						.containsEntry("type", expected.get("type"))
						.containsEntry("status", status)
						.containsEntry("detail", "message")
						.containsEntry("instance", path)
						.containsEntry("errorKind", kind)
						.containsEntry("grpcCode", ErrorKind.valueOf(kind).grpcCode())
						.containsEntry("permanent", ErrorKind.valueOf(kind).isPermanent()));
			}
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			RESOURCE_EXHAUSTED,          429, 1, throttled,         1000
			RESOURCE_EXHAUSTED:8:1500,   429, 2, throttled,         1500
			RESOURCE_EXHAUSTED:8:0,      429, -, throttled,         0
			RETRYABLE,                   503, -, retryable,         -
			RETRYABLE:14:7000,           503, 7, retryable,         7000
			RETRYABLE:14:0,              503, -, retryable,         -
			RETRYABLE:16:7000,           401, -, permanent,         -
			SHUTDOWN,                    503, -, retryable,         -
			CLIENT,                      499, -, cancelled,         -
			TIMEOUT:4:7000,              504, -, deadline-exceeded, 7000
			PERMANENT:8:7000,            413, -, permanent,         -
			CONFIGURATION,               400, -, configuration,     -
			""")
	void answerSaysWhetherAndWhenToRetry(String failure, int status, @Nullable String retryAfter, String type,
			@Nullable Integer delay) {
		for (String path : outcomes()) {
			EntityExchangeResult<Map<String, Object>> answer = get(client(shared()), path, failure)
				.expectBody(new ParameterizedTypeReference<Map<String, Object>>() {
				})
				.returnResult();
			assertThat(answer.getStatus().value()).isEqualTo(status);
			assertThat(answer.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
			assertThat(answer.getResponseHeaders().getFirst("Retry-After")).isEqualTo(retryAfter);
			assertThat(answer.getResponseBody()).containsEntry("type", "urn:ferrule:problem:" + type)
				.containsEntry("status", status)
				.containsEntry("retryAfterMillis", delay);
		}
	}

	@ParameterizedTest
	@CsvSource({ "/throw, text/csv", "/mono, image/png", "/future, application/xml" })
	void clientThatWantsAnotherTypeGetsProblemDetails(String path, String accept) {
		client(shared()).get()
			.uri(path + "?failure=RETRYABLE")
			.header("Accept", accept)
			.exchange()
			.expectStatus()
			.isEqualTo(503)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	@Test
	void headHasStatusAndHeadersOnly() {
		client(shared()).head()
			.uri("/throw?failure=RETRYABLE:14:7000")
			.exchange()
			.expectStatus()
			.isEqualTo(503)
			.expectHeader()
			.valueEquals("Retry-After", "7")
			.expectBody()
			.isEmpty();
	}

	@Test
	void exceptionOfTheApplicationKeepsItsMeaning() {
		for (String path : List.of("/conflict", "/conflict-mono")) {
			get(client(shared()), path, "RETRYABLE").expectStatus().isEqualTo(409);
		}
	}

	@Test
	void answerUnderWayDoesNotLookComplete() throws Exception {
		URI base = base(shared());
		HttpRequest request = HttpRequest.newBuilder(base.resolve("/committed?failure=RETRYABLE")).build();
		HttpClient client = HttpClient.newHttpClient();
		assertThatException().isThrownBy(() -> client.send(request, BodyHandlers.ofString()));
		assertThat(client.send(HttpRequest.newBuilder(base.resolve("/fine")).build(), BodyHandlers.ofString()).body())
			.isEqualTo("fine");
	}

	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void problemDetailsOfSpringMakeNoDifference(boolean enabled) {
		try (ConfigurableApplicationContext context = start(List.of(), "spring.mvc.problemdetails.enabled=" + enabled,
				"spring.webflux.problemdetails.enabled=" + enabled)) {
			for (String path : outcomes()) {
				get(client(context), path, "RETRYABLE:14:7000").expectStatus()
					.isEqualTo(503)
					.expectHeader()
					.valueEquals("Retry-After", "7")
					.expectBody()
					.jsonPath("$.type")
					.isEqualTo("urn:ferrule:problem:retryable");
			}
			get(client(context), "/conflict", "RETRYABLE").expectStatus().isEqualTo(409);
		}
	}

	@Test
	void switchedOffItIsSpringThatAnswers() {
		try (ConfigurableApplicationContext context = start(List.of(), "ferrule.errors.web.enabled=false")) {
			get(client(context), "/throw", "RETRYABLE").expectStatus().isEqualTo(500);
		}
	}

	@Test
	void adviceOfTheApplicationWins() {
		for (Class<?> advice : List.of(OwnAdvice.class, OwnGeneralAdvice.class)) {
			try (ConfigurableApplicationContext context = start(List.of(advice))) {
				for (String path : List.of("/throw", "/future", "/mono")) {
					get(client(context), path, "RETRYABLE").expectStatus().isEqualTo(418);
				}
			}
		}
	}

	private static WebTestClient.ResponseSpec get(WebTestClient client, String path, String failure) {
		return client.get()
			.uri((uri) -> uri.path(path).queryParam("failure", failure).build())
			.header("Accept", "application/json")
			.exchange();
	}

	private static WebTestClient client(ConfigurableApplicationContext context) {
		return WebTestClient.bindToServer().baseUrl(base(context).toString()).build();
	}

	private static URI base(ConfigurableApplicationContext context) {
		int port = ((WebServerApplicationContext) context).getWebServer().getPort();
		return URI.create("http://127.0.0.1:" + port);
	}

	@Configuration(proxyBeanMethods = false)
	static class EngineConfiguration {

		@Bean
		TelemetryEngine engine() {
			return Mockito.mock(TelemetryEngine.class);
		}

	}

	@RestControllerAdvice
	static class OwnAdvice {

		@ExceptionHandler
		ResponseEntity<ProblemDetail> handle(TelemetryEngineException failure) {
			return ResponseEntity.status(418).build();
		}

	}

	@RestControllerAdvice
	static class OwnGeneralAdvice {

		@ExceptionHandler(Exception.class)
		ResponseEntity<String> handle() {
			return ResponseEntity.status(418).body("tea");
		}

	}

}
