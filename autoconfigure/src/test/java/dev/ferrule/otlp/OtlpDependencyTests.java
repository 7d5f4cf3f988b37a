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

package dev.ferrule.otlp;

import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ferrule.otlp.grpc.OtlpGrpcService;
import dev.ferrule.otlp.http.OtlpHttpServlet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each edge works without what the other one needs.
 */
class OtlpDependencyTests {

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.ferrule");

	@Test
	void servletNeedsNoGrpc() {
		assertThat(reachable(OtlpHttpServlet.class, "io.grpc.")).isEmpty();
		assertThat(reachable(OtlpGrpcService.class, "io.grpc.")).isNotEmpty();
	}

	@Test
	void grpcNeedsNoServlet() {
		assertThat(reachable(OtlpGrpcService.class, "jakarta.servlet.")).isEmpty();
		assertThat(reachable(OtlpHttpServlet.class, "jakarta.servlet.")).isNotEmpty();
	}

	@Test
	void neitherNeedsACertainContainer() {
		for (Class<?> edge : new Class<?>[] { OtlpHttpServlet.class, OtlpGrpcService.class }) {
			assertThat(reachable(edge, "org.apache.catalina.", "org.apache.coyote.", "org.eclipse.jetty.",
					"org.springframework.grpc."))
				.isEmpty();
		}
	}

	@Test
	void grpcNeedsNoSpringWeb() {
		assertThat(reachable(OtlpGrpcService.class, "org.springframework.web.")).isEmpty();
	}

	private static Stream<String> reachable(Class<?> root, String... packages) {
		JavaClass start = classes.get(root);
		return Stream
			.concat(Stream.of(start),
					start.getTransitiveDependenciesFromSelf().stream().map((dependency) -> dependency.getTargetClass()))
			.filter((type) -> type.getPackageName().startsWith("dev.ferrule"))
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.map((dependency) -> dependency.getTargetClass().getName())
			.filter((name) -> Stream.of(packages).anyMatch(name::startsWith));
	}

}
