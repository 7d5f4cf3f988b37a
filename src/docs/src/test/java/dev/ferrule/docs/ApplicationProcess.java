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

package dev.ferrule.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * An application in a process of its own, on ports that are free.
 */
final class ApplicationProcess implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("Started \\w+ in [\\d.]+ seconds");

	private static final Pattern WEB_PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern GRPC_PORT = Pattern.compile("gRPC Server started, .* port: (\\d+)");

	private final Process process;

	private final Path log;

	private ApplicationProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts an application and waits until it is ready.
	 */
	static ApplicationProcess start(Shell shell, String command, Path log) throws IOException {
		Process process = shell.builder("exec " + command, Map.of("SERVER_PORT", "0"))
			.redirectOutput(log.toFile())
			.start();
		ApplicationProcess application = new ApplicationProcess(process, log);
		try {
			Awaitility.await(command)
				.atMost(Duration.ofMinutes(2))
				.until(() -> !process.isAlive() || STARTED.matcher(application.log()).find());
			if (!process.isAlive()) {
				throw new IllegalStateException(command + " ended: " + application.log());
			}
			return application;
		}
		catch (RuntimeException ex) {
			application.close();
			throw ex;
		}
	}

	/**
	 * Returns the ports: of the data, and of the actuator if it has one of its own.
	 */
	List<String> webPorts() {
		return find(WEB_PORT);
	}

	String grpcPort() {
		return find(GRPC_PORT).get(0);
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return "";
		}
	}

	private List<String> find(Pattern pattern) {
		return pattern.matcher(log()).results().map((MatchResult result) -> result.group(1)).toList();
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
