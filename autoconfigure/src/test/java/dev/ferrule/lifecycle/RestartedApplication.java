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
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.ferrule.engine.TelemetryEngine;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@link SomeApplication} as developer tools restart it. It tells about each start in one
 * line.
 */
public final class RestartedApplication {

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
		List<WeakReference<ClassLoader>> loaders = loaders();
		loaders.add(new WeakReference<>(RestartedApplication.class.getClassLoader()));
		System.gc();
		long alive = loaders.stream().filter((loader) -> loader.get() != null).count();
		boolean ownLoader = TelemetryEngine.class.getClassLoader() == RestartedApplication.class.getClassLoader();
		String memory = Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS"))
			.findAny()
			.orElse("");
		System.out.println("start " + loaders.size() + " alive " + alive + " together " + ownLoader + " threads "
				+ EngineProcess.threads() + " " + memory);
	}

	// Where all class loaders find it
	@SuppressWarnings("unchecked")
	private static List<WeakReference<ClassLoader>> loaders() {
		return (List<WeakReference<ClassLoader>>) System.getProperties()
			.computeIfAbsent(RestartedApplication.class.getName(), (key) -> new ArrayList<>());
	}

}
