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

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * The directions in which packages of the core may use each other.
 */
class CoreArchitectureTests {

	private static final PackageRules rules = PackageRules.forClassPath();

	@Test
	void packagesKeepTheCommonRules() {
		rules.checkAll();
	}

	@Test
	void packagesUseEachOtherInOneDirection() {
		rules.checkOnlyUses("cancellation");
		rules.checkOnlyUses("json");
		rules.checkOnlyUses("error..", "cancellation", "json");
		rules.checkOnlyUses("context", "error..", "cancellation", "json");
		rules.checkOnlyUses("context.header", "context", "error..", "cancellation");
		rules.checkOnlyUses("engine", "context", "error..", "cancellation", "json");
		rules.checkOnlyUses("engine.jna.abi", "engine", "context", "error..", "cancellation");
		rules.checkOnlyUses("engine.jna.library", "engine.jna.abi", "engine", "error..");
		rules.checkOnlyUses("engine.jna.call", "engine.jna.abi", "engine", "context", "error..", "cancellation");
	}

	@Test
	void bindingIsUsedByTheEngineOnly() {
		rules.checkOnlyUsedBy("engine.jna.abi", "engine.jna..");
		rules.checkOnlyUsedBy("engine.jna.call", "engine.jna");
	}

	@Test
	void onlyTheBindingUsesJna() {
		noClasses().that(not(resideInAnyPackage("dev.ferrule.engine.jna.abi", "dev.ferrule.engine.jna.library")))
			.should()
			.dependOnClassesThat(resideInAPackage("com.sun.jna.."))
			.check(rules.types());
	}

	@Test
	void onlyTheCodecUsesJackson() {
		noClasses().that(not(resideInAPackage("dev.ferrule.json")))
			.should()
			.dependOnClassesThat(resideInAPackage("tools.jackson.."))
			.check(rules.types());
	}

	@Test
	void coreNeedsNoFramework() {
		classes().that(resideInAPackage("dev.ferrule.."))
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "dev.ferrule..", "com.sun.jna..", "org.slf4j..",
					"org.jspecify..", "tools.jackson.core..", "com.google.protobuf..", "com.google.rpc..",
					"org.yaml.snakeyaml.."))
			.check(rules.types());
	}

	@Test
	void onlyTheStatusOfGoogleRpcNeedsProtobuf() {
		noClasses().that(not(resideInAPackage("dev.ferrule.error.rpc")))
			.should()
			.dependOnClassesThat(resideInAnyPackage("com.google.."))
			.check(rules.types());
	}

}
