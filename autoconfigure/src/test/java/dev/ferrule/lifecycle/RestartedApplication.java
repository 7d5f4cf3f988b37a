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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.ferrule.engine.TelemetryEngine;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@link SomeApplication} as developer tools restart it. It tells about each start in one
 * line.
 */
public final class RestartedApplication {

	private static final String STARTS = "test.starts";

	private RestartedApplication() {
	}

	/**
	 * Starts the application, submits, and prints what is there.
	 * @param arguments properties
	 * @throws IOException if the memory cannot be read
	 */
	public static void main(String[] arguments) throws IOException {
		ConfigurableApplicationContext context = SpringApplication.run(SomeApplication.class, arguments);
		TelemetryEngine engine = context.getBean(TelemetryEngine.class);
		for (int i = 0; i < 1000; i++) {
			SomeApplication.submit(engine);
		}
		int starts = Integer.getInteger(STARTS, 0) + 1;
		System.setProperty(STARTS, String.valueOf(starts));
		boolean ownLoader = TelemetryEngine.class.getClassLoader() == RestartedApplication.class.getClassLoader();
		String memory = Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS"))
			.findAny()
			.orElse("");
		LoggerFactory.getLogger(RestartedApplication.class)
			.info("start " + starts + " together " + ownLoader + " threads " + EngineProcess.threads() + " " + memory);
	}

}
