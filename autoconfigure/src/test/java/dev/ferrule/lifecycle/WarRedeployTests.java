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

import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.ferrule.testsupport.TestingPipeline;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that a container can deploy an application again and again.
 */
class WarRedeployTests {

	private final Tomcat tomcat = new Tomcat();

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	private Path directory;

	@BeforeEach
	void start() throws Exception {
		this.tomcat.setBaseDir(this.directory.toString());
		Files.createDirectories(this.directory.resolve("native"));
		this.tomcat.setPort(0);
		this.tomcat.getConnector();
		this.tomcat.start();
	}

	@AfterEach
	void stop() throws Exception {
		this.tomcat.stop();
		this.tomcat.destroy();
	}

	@Test
	void nothingIsLeftOfUndeployedApplications() throws Exception {
		List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
		for (boolean ownJna : new boolean[] { true, false, true, false }) {
			loaders.add(deployAndUndeploy(ownJna));
		}
		// The JDK keeps the classes of the record that it met last
		assertThat(new Displaced("a")).isNotEqualTo(new Displaced("b")).doesNotHaveSameHashCodeAs(new Displaced("b"));
		// JNA has a thread that ends after half a minute without work
		await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
			assertThat(((StandardHost) this.tomcat.getHost()).findReloadedContextMemoryLeaks()).isEmpty();
			assertThat(loaders).allMatch((loader) -> loader.get() == null);
		});
	}

	private WeakReference<ClassLoader> deployAndUndeploy(boolean ownJna) throws Exception {
		StandardContext context = WarDeployment.create(this.tomcat, this.directory, ownJna);
		this.tomcat.getHost().addChild(context);
		assertThat(post("/spans")).isEqualTo("done");
		assertThat(post("/v1/traces")).isEqualTo("{}");
		ClassLoader loader = context.getLoader().getClassLoader();
		assertThat(threadsOf(loader)).contains("ferrule-poll", "ferrule-log", "ferrule-timer");
		this.tomcat.getHost().removeChild(context);
		assertThat(threadsOf(loader)).isEmpty();
		try (Stream<Path> libraries = Files.list(this.directory.resolve("native"))) {
			assertThat(libraries.count()).isLessThanOrEqualTo(1);
		}
		return new WeakReference<>(loader);
	}

	private static List<String> threadsOf(ClassLoader loader) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getContextClassLoader() == loader)
			.map(Thread::getName)
			.toList();
	}

	private String post(String path) throws Exception {
		URI uri = URI.create("http://127.0.0.1:" + this.tomcat.getConnector().getLocalPort() + "/app" + path);
		HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofByteArray(TestingPipeline.SPANS))
			.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	private record Displaced(String value) {

	}

}
