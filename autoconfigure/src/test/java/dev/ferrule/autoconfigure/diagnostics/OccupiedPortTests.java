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

package dev.ferrule.autoconfigure.diagnostics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that applications with the engine tell which port is taken.
 */
@ExtendWith(OutputCaptureExtension.class)
class OccupiedPortTests {

	private ServerSocket socket;

	@BeforeEach
	void occupyPort() throws IOException {
		this.socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
	}

	@AfterEach
	void releasePort() throws IOException {
		this.socket.close();
	}

	@Test
	void portOfTheGrpcServer(CapturedOutput output) {
		run(WebApplicationType.NONE, "--spring.grpc.server.address=127.0.0.1", "--spring.grpc.server.port=" + port());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The gRPC server cannot listen on ", "127.0.0.1:" + port() + ", which spring.grpc.server.port")
			.contains("Address already in use")
			.contains("set spring.grpc.server.port to a port that is free");
	}

	@Test
	void addressOfTheGrpcServer(CapturedOutput output) {
		run(WebApplicationType.NONE, "--spring.grpc.server.address=192.0.2.1", "--spring.grpc.server.port=0");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The gRPC server cannot listen on ", "192.0.2.1:0")
			.contains("spring.grpc.server.address to an address of this machine");
	}

	@Test
	void portOfTheWebServer(CapturedOutput output) {
		run(WebApplicationType.SERVLET, "--spring.grpc.server.enabled=false", "--server.port=" + port());
		assertThatPortIsNamed(output);
	}

	@Test
	void portOfTheManagementServer(CapturedOutput output) {
		run(WebApplicationType.SERVLET, "--spring.grpc.server.enabled=false", "--server.port=0",
				"--management.server.address=127.0.0.1", "--management.server.port=" + port());
		assertThatPortIsNamed(output);
	}

	private void assertThatPortIsNamed(CapturedOutput output) {
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Port " + port() + " was already in use")
			.contains("listening on port " + port() + " or configure this application to listen on another port");
	}

	private int port() {
		return this.socket.getLocalPort();
	}

	private static void run(WebApplicationType type, String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(type);
		application.setDefaultProperties(Map.of("server.address", "127.0.0.1", "ferrule.exporter.type", "log",
				"ferrule.otlp.grpc.enabled", "true"));
		assertThatException().isThrownBy(() -> application.run(arguments));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { JettyServletManagementContextAutoConfiguration.class,
			JettyServletWebServerAutoConfiguration.class })
	static class Application {

	}

}
