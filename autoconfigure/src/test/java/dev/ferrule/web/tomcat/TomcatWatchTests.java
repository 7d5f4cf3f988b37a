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

package dev.ferrule.web.tomcat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CurrentCallContext;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.web.servlet.HeldRequests;
import dev.ferrule.web.servlet.HeldRequests.Held;
import dev.ferrule.web.tomcat.DisconnectApp.Body;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the watch of a connection harms neither the application nor others.
 */
class TomcatWatchTests {

	private static DisconnectApp app;

	@BeforeAll
	static void start() {
		app = new DisconnectApp(new Class<?>[] { Servlets.class }, "server.http2.enabled=true");
	}

	@AfterAll
	static void stop() {
		app.close();
	}

	@Test
	void connectionUpgradedToHttp2LeavesOthersTheirWatch() throws Exception {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		app.call("upgrade").answer().complete("upgraded");
		HttpResponse<String> upgraded = client.send(request("upgrade"), HttpResponse.BodyHandlers.ofString());
		assertThat(upgraded.version()).isEqualTo(HttpClient.Version.HTTP_2);
		Held call = app.call("http1");
		Held stranger = app.call("http2");
		// Takes the processor that began the other connection.
		try (RawHttp other = app.connect()) {
			Body.NONE.send(other, "/block", "http1");
			DisconnectApp.await(call.arrival());
			CompletableFuture<HttpResponse<String>> response = client.sendAsync(request("http2"),
					HttpResponse.BodyHandlers.ofString());
			DisconnectApp.await(stranger.arrival());
			other.close();
			assertThat(DisconnectApp.await(call.cause())).isEqualTo(CancellationCause.CLIENT);
			stranger.answer().complete("undisturbed");
			assertThat(DisconnectApp.await(response).body()).isEqualTo("undisturbed");
		}
	}

	private static HttpRequest request(String id) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + "/block"))
			.header("x-id", id)
			.build();
	}

	@Test
	void endOfBodyIsToldAlthoughMoreRequestsCame() throws Exception {
		Held call = app.call("listener");
		try (RawHttp client = app.connect()) {
			Body.NONE.send(client, "/listener", "listener");
			DisconnectApp.await(call.arrival());
			client.write(client.head("GET", "/fast", Map.of("x-id", "next"), null));
			passPoller();
			Servlets.read(call);
			assertThat(client.read("GET").body()).asString().isEqualTo("all read");
			assertThat(client.read("GET").body()).asString().isEqualTo("fast next");
		}
	}

	@Test
	void blockedListenerDoesNotStopTheServer() throws Exception {
		CompletableFuture<Void> release = new CompletableFuture<>();
		Held call = app.call("stubborn");
		call.cause().whenComplete((cause, failure) -> release.join());
		try (RawHttp client = app.connect()) {
			Body.NONE.send(client, "/block", "stubborn");
			DisconnectApp.await(call.arrival());
		}
		try {
			// On a copy, or this thread may be the one that runs the listener
			assertThat(DisconnectApp.await(call.cause().copy())).isEqualTo(CancellationCause.CLIENT);
			CompletableFuture<Void> others = CompletableFuture.runAsync(TomcatWatchTests::passPoller);
			DisconnectApp.await(others);
		}
		finally {
			release.complete(null);
		}
	}

	@Test
	void clientThatHasItsAnswerMayLeave() throws Exception {
		for (String path : new String[] { "/answered", "/answered/async" }) {
			Held call = app.call(path);
			try (RawHttp client = app.connect()) {
				Body.NONE.send(client, path, path);
				assertThat(client.read("GET").body()).hasSize(Servlets.ANSWER.length);
			}
			passPoller();
			passPoller();
			call.answer().complete("go on");
			DisconnectApp.await(call.arrival());
			assertThat(call.cause()).isNotDone();
		}
	}

	@Test
	void callsAfterTheConnectorStoppedAreAccepted() throws Exception {
		try (DisconnectApp stopped = new DisconnectApp(new Class<?>[] { Servlets.class })) {
			Held call = stopped.call("late");
			try (RawHttp client = stopped.connect()) {
				Body.NONE.send(client, "/late", "late");
				DisconnectApp.await(Servlets.ENTERED);
				((TomcatWebServer) stopped.context().getWebServer()).getTomcat().getConnector().stop();
				Servlets.GO_ON.complete(null);
				DisconnectApp.await(call.arrival());
			}
		}
	}

	// All connections have one poller, which takes what came earlier first, or at once.
	private static void passPoller() {
		for (int i = 0; i < 2; i++) {
			try (RawHttp other = app.connect()) {
				Body.NONE.send(other, "/fast", "other");
				assertThat(new String(other.read("GET").body(), StandardCharsets.UTF_8)).isEqualTo("fast other");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Servlets {

		static final byte[] ANSWER = "a".repeat(20_000).getBytes(StandardCharsets.US_ASCII);

		static final CompletableFuture<Void> ENTERED = new CompletableFuture<>();

		static final CompletableFuture<Void> GO_ON = new CompletableFuture<>();

		private static AsyncContext async;

		private static ServletInputStream input;

		private static void observe(Held call) {
			CurrentCallContext.get().cancellation().onCancel(call.cause()::complete);
		}

		/**
		 * Reads on a thread that is not one of the container.
		 */
		static void read(Held call) throws IOException {
			input.setReadListener(new ReadListener() {

				@Override
				public void onDataAvailable() {
				}

				@Override
				public void onAllDataRead() throws IOException {
					async.getResponse().getOutputStream().print("all read");
					async.complete();
				}

				@Override
				public void onError(Throwable failure) {
					call.cause().completeExceptionally(failure);
				}

			});
			assertThat(input.isReady()).isFalse();
		}

		private static ServletRegistrationBean<HttpServlet> at(String path, Service service) {
			HttpServlet servlet = new HttpServlet() {

				private static final long serialVersionUID = 1L;

				@Override
				protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
					service.service(request, response);
				}

			};
			ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(servlet, path);
			registration.setName(path);
			registration.setAsyncSupported(true);
			return registration;
		}

		@Bean
		ServletRegistrationBean<HttpServlet> listener(HeldRequests handlers) {
			return at("/listener", (request, response) -> {
				async = request.startAsync();
				input = request.getInputStream();
				handlers.call("listener").arrival().complete(null);
			});
		}

		@Bean
		ServletRegistrationBean<HttpServlet> answered(HeldRequests handlers) {
			return at("/answered", (request, response) -> {
				Held call = handlers.call("/answered");
				observe(call);
				write(response);
				call.answer().join();
				call.arrival().complete(null);
			});
		}

		@Bean
		ServletRegistrationBean<HttpServlet> answeredAsync(HeldRequests handlers) {
			return at("/answered/async", (request, response) -> {
				Held call = handlers.call("/answered/async");
				observe(call);
				AsyncContext context = request.startAsync();
				write(response);
				call.answer().whenComplete((answer, failure) -> {
					context.complete();
					call.arrival().complete(null);
				});
			});
		}

		@Bean
		ServletRegistrationBean<HttpServlet> late(HeldRequests handlers) {
			return at("/late", (request, response) -> {
				ENTERED.complete(null);
				GO_ON.join();
				try {
					observe(handlers.call("late"));
					handlers.call("late").arrival().complete(null);
				}
				catch (RuntimeException ex) {
					handlers.call("late").arrival().completeExceptionally(ex);
				}
			});
		}

		private static void write(HttpServletResponse response) throws IOException {
			response.setContentLength(ANSWER.length);
			response.getOutputStream().write(ANSWER);
			response.flushBuffer();
		}

		private interface Service {

			void service(HttpServletRequest request, HttpServletResponse response) throws IOException;

		}

	}

}
