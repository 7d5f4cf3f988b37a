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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.ferrule.autoconfigure.web.FerruleServletAutoConfiguration;
import dev.ferrule.autoconfigure.web.FerruleTomcatAutoConfiguration;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextFactory;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.testsupport.RawHttp;
import dev.ferrule.web.servlet.HeldRequests;
import dev.ferrule.web.servlet.HeldRequests.Held;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application on Tomcat whose handlers wait for what the test says.
 */
final class DisconnectApp implements AutoCloseable {

	private static final int TIMEOUT_SECONDS = 20;

	private final ServletWebServerApplicationContext context;

	DisconnectApp(String... properties) {
		this(new Class<?>[0], properties);
	}

	/**
	 * Starts an application.
	 * @param more further configurations
	 * @param properties further properties
	 */
	DisconnectApp(Class<?>[] more, String... properties) {
		this.context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(App.class).sources(more)
			.properties("spring.main.banner-mode=off", "server.port=0", "server.address=127.0.0.1")
			.properties(properties)
			.run();
	}

	ServletWebServerApplicationContext context() {
		return this.context;
	}

	RawHttp connect() throws IOException {
		String scheme = this.context.getEnvironment().containsProperty("server.ssl.key-store") ? "https" : "http";
		return new RawHttp(URI.create(scheme + "://127.0.0.1:" + port()));
	}

	int port() {
		return this.context.getWebServer().getPort();
	}

	Held call(String id) {
		return this.context.getBean(HeldRequests.class).call(id);
	}

	static <T> T await(CompletableFuture<T> future) throws Exception {
		return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Bodies of requests.
	 */
	enum Body {

		/** None. */
		NONE,

		/** Of known length. */
		LENGTH,

		/** In chunks. */
		CHUNKED;

		private static final byte[] BYTES = "z".repeat(5000).getBytes(StandardCharsets.US_ASCII);

		void send(RawHttp client, String path, String id) throws IOException {
			client.write(bytes(client, path, id));
		}

		/**
		 * Returns a whole request.
		 * @param client connection
		 * @param path path
		 * @param id id of the call
		 * @return its bytes, in ISO 8859-1
		 */
		String bytes(RawHttp client, String path, String id) {
			String body = new String(BYTES, StandardCharsets.US_ASCII);
			return switch (this) {
				case NONE -> client.head("GET", path, Map.of("x-id", id), null);
				case LENGTH -> client.head("POST", path, Map.of("x-id", id), BYTES) + body;
				case CHUNKED -> client.head("POST", path, Map.of("x-id", id, "Transfer-Encoding", "chunked"), null)
						+ Integer.toHexString(BYTES.length) + "\r\n" + body + "\r\n0\r\n\r\n";
			};
		}

	}

	/**
	 * Ways to leave.
	 */
	enum Exit {

		/** Closes the connection. */
		FIN {
			@Override
			void leave(RawHttp client) throws IOException {
				client.close();
			}
		},

		/** Resets the connection. */
		RST {
			@Override
			void leave(RawHttp client) throws IOException {
				client.reset();
			}
		},

		/** Closes the own direction only. */
		HALF {
			@Override
			void leave(RawHttp client) throws IOException {
				client.shutdownOutput();
			}
		};

		abstract void leave(RawHttp client) throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, ErrorMvcAutoConfiguration.class,
			HttpMessageConvertersAutoConfiguration.class, ObservationAutoConfiguration.class,
			MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
			WebMvcObservationAutoConfiguration.class, FerruleServletAutoConfiguration.class,
			FerruleTomcatAutoConfiguration.class })
	@Import(HeldRequests.class)
	static class App {

		@Bean
		CallContextFactory contexts() {
			return new CallContextFactory(List.of(App::capture), List.of());
		}

		private static void capture(RequestCarrier request, CallContext.Builder context) {
			ClientMetadata.Builder metadata = ClientMetadata.builder();
			request.forEachHeader(new RequestCarrier.HeaderVisitor() {

				@Override
				public void text(String name, String value) {
					if (name.startsWith("x-")) {
						metadata.add(name, value);
					}
				}

				@Override
				public void binary(String name, byte[] value) {
				}

			});
			context.metadata(metadata.build());
		}

	}

}
