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

package dev.ferrule.autoconfigure.properties;

import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Names of the properties that a record binds, and which of them a misspelt one means.
 */
public final class PropertyNames {

	private static final int LARGEST_DISTANCE = 3;

	private PropertyNames() {
	}

	public static Set<String> of(String prefix, Class<?> type) {
		Set<String> names = new TreeSet<>();
		collect(names, prefix, type);
		return names;
	}

	private static void collect(Set<String> names, String prefix, Class<?> type) {
		RecordComponent[] components = type.getRecordComponents();
		// The annotation is on the parameters of the constructor, not on the components.
		Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
		for (int i = 0; i < components.length; i++) {
			Name name = parameters[i].getAnnotation(Name.class);
			String full = prefix + "."
					+ ((name != null) ? name.value() : DataObjectPropertyName.toDashedForm(components[i].getName()));
			if (components[i].getType().isRecord()) {
				collect(names, full, components[i].getType());
			}
			else {
				names.add(full);
			}
		}
	}

	/**
	 * Finds the name that differs in the fewest characters.
	 * @param name a misspelt name
	 * @param candidates names to compare with
	 * @return the closest one, or {@code null} if none is close
	 */
	public static @Nullable String closest(String name, Set<String> candidates) {
		String closest = null;
		int least = LARGEST_DISTANCE + 1;
		for (String candidate : candidates) {
			int distance = distance(name, candidate);
			if (distance < least) {
				least = distance;
				closest = candidate;
			}
		}
		return closest;
	}

	// Levenshtein's distance by hand: Spring's is private to PropertyMatches, which knows
	// beans only, and commons-text would be a dependency of every application
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int substitution = diagonal + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
