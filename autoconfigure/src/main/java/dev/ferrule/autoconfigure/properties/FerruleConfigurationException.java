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

import org.jspecify.annotations.Nullable;

/**
 * Failure caused by a property that cannot be used, with the way to repair it.
 */
public class FerruleConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final @Nullable String value;

	private final String action;

	/**
	 * Creates the exception.
	 * @param property full name of the property
	 * @param value its value, or {@code null} if there is none or it may be a secret
	 * @param problem what is wrong, a clause that follows the property's name
	 * @param action what to do, in sentences
	 */
	public FerruleConfigurationException(String property, @Nullable String value, String problem, String action) {
		super("Property '" + property + "'" + ((value != null) ? " with value '" + value + "' " : " ") + problem);
		this.property = property;
		this.value = value;
		this.action = action;
	}

	public String getProperty() {
		return this.property;
	}

	@Nullable String getValue() {
		return this.value;
	}

	public String getAction() {
		return this.action;
	}

}
