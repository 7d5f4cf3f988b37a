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

package dev.ferrule;

import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The directions in which packages may use each other.
 */
class ArchitectureTests {

	private static final String ROOT = "dev.ferrule";

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	@Test
	void packagesAreFreeOfCycles() {
		slices().matching(ROOT + ".(**)").should().beFreeOfCycles().allowEmptyShould(true).check(classes);
	}

	@Test
	void cancellationUsesNothingElse() {
		onlyUses("cancellation");
	}

	@Test
	void errorUsesCancellationOnly() {
		onlyUses("error..", "cancellation");
	}

	@Test
	void contextUsesCancellationAndErrorsOnly() {
		onlyUses("context", "error..", "cancellation");
	}

	@Test
	void engineKnowsNoEdge() {
		onlyUses("engine", "context", "error..", "cancellation");
	}

	@Test
	void engineFfiKnowsNoEdge() {
		onlyUses("engine.ffi", "engine", "context", "error..", "cancellation");
	}

	@Test
	void edgesDoNotKnowAutoConfigurationNorTheNativeBinding() {
		for (String edge : new String[] { "web..", "otlp..", "grpc..", "observability..", "actuate.." }) {
			noClasses().that(resideInAPackage(ROOT + "." + edge))
				.should()
				.dependOnClassesThat(resideInAnyPackage(ROOT + ".autoconfigure..", ROOT + ".engine.ffi.."))
				.allowEmptyShould(true)
				.check(classes);
		}
	}

	@Test
	void onlyAutoConfigurationNamesTheNativeBinding() {
		classes().that(resideInAPackage(ROOT + ".engine.ffi.."))
			.should()
			.onlyHaveDependentClassesThat(resideInAnyPackage(ROOT + ".engine.ffi..", ROOT + ".autoconfigure.."))
			.allowEmptyShould(true)
			.check(classes);
	}

	@Test
	void onlyTheNativeBindingUsesJna() {
		noClasses().that(not(resideInAPackage(ROOT + ".engine.ffi..")))
			.should()
			.dependOnClassesThat(resideInAPackage("com.sun.jna.."))
			.check(classes);
	}

	@Test
	void publicSignaturesOfTheEngineAreFreeOfOptionalDependencies() {
		// The accessor is loaded by Micrometer only
		noClasses()
			.that(resideInAnyPackage(ROOT + ".engine..", ROOT + ".error..", ROOT + ".cancellation..",
					ROOT + ".context.."))
			.and(not(simpleName("CallContextThreadLocalAccessor")))
			.should()
			.dependOnClassesThat(resideInAnyPackage("io.grpc..", "io.micrometer..", "jakarta.servlet..", "reactor.."))
			.check(classes);
	}

	@Test
	void packagesAreNullMarked() {
		classes().that(simpleName("package-info")).should().beAnnotatedWith(NullMarked.class).check(classes);
	}

	private static void onlyUses(String packages, String... others) {
		String[] allowed = Stream.concat(Stream.of(packages), Stream.of(others))
			.map((name) -> ROOT + "." + name)
			.toArray(String[]::new);
		noClasses().that(resideInAPackage(allowed[0]))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
			.allowEmptyShould(true)
			.check(classes);
	}

	private static DescribedPredicate<JavaClass> simpleName(String name) {
		return DescribedPredicate.describe("called " + name, (type) -> type.getSimpleName().equals(name));
	}

}
