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
import java.util.Map;

/**
 * The sample application, started when somebody asks for it.
 */
final class Gateway implements AutoCloseable {

	static final String PAGE = "src/docs/gateway.md";

	static final Path JAR = Block.PROJECT.resolve("sample-app/target/ferrule-sample.jar");

	private static final String START = "java -jar sample-app/target/ferrule-sample.jar";

	private final Path directory;

	private final Shell shell;

	private String command = "";

	private ApplicationProcess process;

	Gateway(Path directory) throws IOException {
		this.directory = Files.createDirectories(directory.resolve("gateway"));
		Path jar = this.directory.resolve("sample-app/target/ferrule-sample.jar");
		Files.createDirectories(jar.getParent());
		Files.createSymbolicLink(jar, JAR);
		this.shell = new Shell(this.directory, Map.of("MANAGEMENT_SERVER_PORT", "0", "SPRING_GRPC_SERVER_PORT", "0"));
	}

	Shell shell() {
		return this.shell;
	}

	boolean isStart(String command) {
		return command.startsWith(START);
	}

	/**
	 * Starts the gateway, unless it runs and was started in this way.
	 */
	void start(String command) throws IOException {
		if (!command.equals(this.command)) {
			close();
			this.process = ApplicationProcess.start(this.shell, command, this.directory.resolve("log"));
			this.command = command;
		}
	}

	/**
	 * Writes a file into the directory of the gateway.
	 */
	void write(String name, String text) throws IOException {
		Files.writeString(this.directory.resolve(name), text);
	}

	/**
	 * Puts the ports of the running gateway into a command.
	 */
	String resolve(String command) throws IOException {
		if (this.process == null) {
			start(START);
		}
		return command.replace("localhost:4318", "localhost:" + this.process.webPorts().get(0))
			.replace("localhost:4320", "localhost:" + this.process.webPorts().get(1))
			.replace("localhost:4317", "localhost:" + this.process.grpcPort());
	}

	String log() {
		return (this.process != null) ? this.process.log() : "";
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.close();
		}
	}

}
