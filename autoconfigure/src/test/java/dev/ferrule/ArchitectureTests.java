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

import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * The directions in which packages may use each other, those of the core included.
 */
class ArchitectureTests {

	private static final PackageRules rules = PackageRules.forClassPath();

	@Test
	void packagesKeepTheCommonRules() {
		rules.checkAll();
	}

	@Test
	void edgesDoNotKnowAutoConfigurationNorTheNativeBinding() {
		for (String edge : new String[] { "web..", "otlp..", "grpc..", "observability..", "actuate.." }) {
			noClasses().that(resideInAPackage("dev.ferrule." + edge))
				.should()
				.dependOnClassesThat(resideInAnyPackage("dev.ferrule.autoconfigure..", "dev.ferrule.engine.jna.."))
				.check(rules.types());
		}
	}

	@Test
	void onlyAutoConfigurationNamesTheNativeBinding() {
		classes().that(resideInAPackage("dev.ferrule.engine.jna.."))
			.should()
			.onlyHaveDependentClassesThat(resideInAnyPackage("dev.ferrule.engine.jna..", "dev.ferrule.autoconfigure.."))
			.check(rules.types());
		rules.checkOnlyUsedBy("engine.jna.abi", "engine.jna..");
		rules.checkOnlyUsedBy("engine.jna.call", "engine.jna");
	}

	@Test
	void packagesOfAutoConfigurationUseEachOtherInOneDirection() {
		rules.checkOnlyUsedBy("autoconfigure.properties", "autoconfigure..");
		rules.checkOnlyUsedBy("autoconfigure.engine", "autoconfigure", "autoconfigure.diagnostics",
				"autoconfigure.observation", "autoconfigure.actuate");
		rules.checkOnlyUsedBy("autoconfigure.ssl", "autoconfigure");
		rules.checkOnlyUsedBy("autoconfigure.diagnostics");
		rules.checkOnlyUsedBy("otlp", "otlp..", "autoconfigure.otlp");
	}

	@Test
	void servletsStayInTheirRooms() {
		noClasses()
			.that(resideInAnyPackage("dev.ferrule.otlp", "dev.ferrule.otlp.grpc..", "dev.ferrule.grpc..",
					"dev.ferrule.web.reactive..", "dev.ferrule.observability..", "dev.ferrule.actuate.."))
			.should()
			.dependOnClassesThat(resideInAPackage("jakarta.servlet.."))
			.check(rules.types());
	}

	@Test
	void grpcStaysInItsRooms() {
		noClasses()
			.that(resideInAnyPackage("dev.ferrule.otlp", "dev.ferrule.otlp.http..", "dev.ferrule.web..",
					"dev.ferrule.actuate.."))
			.should()
			.dependOnClassesThat(resideInAPackage("io.grpc.."))
			.check(rules.types());
	}

}
