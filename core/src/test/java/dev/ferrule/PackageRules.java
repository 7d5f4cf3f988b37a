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

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules that the packages of every module keep.
 */
public final class PackageRules {

	private static final String ROOT = "dev.ferrule";

	private static final int MOST_TYPES = 18;

	private final JavaClasses classes;

	private PackageRules(JavaClasses classes) {
		this.classes = classes;
	}

	/**
	 * Returns the rules for all classes on the class path that are not those of tests.
	 * @return rules
	 */
	public static PackageRules forClassPath() {
		return new PackageRules(new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.withImportOption((location) -> !location.contains("-tests.jar"))
			.importPackages(ROOT));
	}

	public JavaClasses types() {
		return this.classes;
	}

	/**
	 * Checks what holds everywhere: no cycles, packages of readable size, null-marked,
	 * and signatures of the API that name nothing internal.
	 */
	public void checkAll() {
		slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(this.classes);
		classes().that(called("package-info")).should().beAnnotatedWith(NullMarked.class).check(this.classes);
		classes().that(areApi()).should(nameNothingInternal()).check(this.classes);
		assertThat(sizes()).allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MOST_TYPES));
	}

	private Map<String, Long> sizes() {
		return this.classes.stream()
			.filter((type) -> !type.isNestedClass() && !type.getSimpleName().equals("package-info"))
			.collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
	}

	/**
	 * Checks that packages use nothing of Ferrule but some others and what all share.
	 * @param packages packages, below {@code dev.ferrule}
	 * @param others what they may use
	 */
	public void checkOnlyUses(String packages, String... others) {
		String[] allowed = Stream.concat(Stream.of(packages), Stream.of(others))
			.map((name) -> ROOT + "." + name)
			.toArray(String[]::new);
		noClasses().that(resideInAPackage(allowed[0]))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed)))
				.and(not(resideInAPackage(ROOT))))
			.check(this.classes);
	}

	/**
	 * Checks that an internal package is used by some others only.
	 * @param internal package, below {@code dev.ferrule}
	 * @param users packages that may use it
	 */
	public void checkOnlyUsedBy(String internal, String... users) {
		classes().that(resideInAPackage(ROOT + "." + internal))
			.should()
			.onlyHaveDependentClassesThat(resideInAnyPackage(Stream.concat(Stream.of(internal), Arrays.stream(users))
				.map((name) -> ROOT + "." + name)
				.toArray(String[]::new)))
			.check(this.classes);
	}

	/**
	 * Checks that packages use the API only, as applications do.
	 * @param packages packages, below {@code dev.ferrule}
	 */
	public void checkUsesApiOnly(String packages) {
		noClasses().that(resideInAPackage(ROOT + "." + packages))
			.should()
			.dependOnClassesThat(areInternal())
			.check(this.classes);
	}

	static DescribedPredicate<JavaClass> called(String name) {
		return DescribedPredicate.describe("called " + name, (type) -> type.getSimpleName().equals(name));
	}

	private static DescribedPredicate<JavaClass> areInternal() {
		return DescribedPredicate.describe("are internal", PackageRules::isInternal);
	}

	private static DescribedPredicate<JavaClass> areApi() {
		return DescribedPredicate.describe("are part of the API", (type) -> isPublic(type) && !isInternal(type));
	}

	private static boolean isPublic(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(PackageRules::isPublic).orElse(true);
	}

	private static boolean isInternal(JavaClass type) {
		return type.isAnnotatedWith(Internal.class)
				|| (type.getPackageName().startsWith(ROOT) && type.getPackage().isAnnotatedWith(Internal.class))
				|| type.getEnclosingClass().map(PackageRules::isInternal).orElse(false);
	}

	private static ArchCondition<JavaClass> nameNothingInternal() {
		return new ArchCondition<>("name nothing internal in signatures") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				for (JavaCodeUnit method : type.getCodeUnits()) {
					boolean visible = method.getModifiers().contains(JavaModifier.PUBLIC)
							|| method.getModifiers().contains(JavaModifier.PROTECTED);
					if (visible && !method.isAnnotatedWith(Internal.class)) {
						Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
							.filter(PackageRules::isInternal)
							.forEach((internal) -> events.add(SimpleConditionEvent.violated(method,
									method.getFullName() + " names the internal " + internal.getName())));
					}
				}
			}

		};
	}

}
