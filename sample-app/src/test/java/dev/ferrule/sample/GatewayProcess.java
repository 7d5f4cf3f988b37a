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

package dev.ferrule.sample;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as a process of its own, on free ports.
 */
final class GatewayProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private final Path log;

	private final Process process;

	/**
	 * Starts the sample and waits until it is up.
	 * @param log file for what it prints
	 * @param arguments further arguments
	 * @throws IOException if there is no Java
	 */
	GatewayProcess(Path log, String... arguments) throws IOException {
		this.log = log;
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path")));
		String library = System.getProperty("ferrule.native.path");
		if (library != null) {
			command.add("-Dferrule.native.path=" + library);
		}
		command.addAll(List.of(GatewayApplication.class.getName(), "--server.port=0", "--spring.grpc.server.port=0",
				"--management.server.port=0"));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> !this.process.isAlive() || log().contains("Started GatewayApplication"));
		assertThat(this.process.isAlive()).as(log()).isTrue();
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	URI http() {
		return URI.create("http://127.0.0.1:" + port("Tomcat started on port (\\d+)"));
	}

	URI management() {
		return URI.create("http://127.0.0.1:" + port("(?s)Tomcat started on port .*Tomcat started on port (\\d+)"));
	}

	int grpcPort() {
		return port("gRPC Server started, .* port: (\\d+)");
	}

	private int port(String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(log());
		assertThat(matcher.find()).as(pattern).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	/** Sends SIGTERM. */
	void terminate() {
		this.process.destroy();
	}

	void awaitRefusalOfGrpcConnections() {
		Awaitility.await().atMost(PATIENCE).until(() -> !accepts(grpcPort()));
	}

	private static boolean accepts(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	int awaitExit() throws InterruptedException {
		assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("exit").isTrue();
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
