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

package dev.ferrule.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parser of the JSON details of a failure.
 */
final class FailureDetails {

	private static final Logger logger = LoggerFactory.getLogger(FailureDetails.class);

	private static final String TYPE = "@type";

	private FailureDetails() {
	}

	/**
	 * Reads all members.
	 * @param json text of a JSON object, or {@code null}
	 * @return the members, none if the text is no JSON object
	 */
	static Map<String, Object> members(@Nullable String json) {
		if (json == null) {
			return Map.of();
		}
		try {
			return Collections.unmodifiableMap(Json.readObject(json));
		}
		catch (RuntimeException ex) {
			logger.debug("Details of a failure are no JSON object");
			return Map.of();
		}
	}

	/**
	 * Reads what the downstream added.
	 * @param json text of a JSON object, or {@code null}
	 * @return the details that have a type, in their order
	 */
	static List<ErrorDetail> rpcDetails(@Nullable String json) {
		if (json == null || !(members(json).get("details") instanceof List<?> elements)) {
			return List.of();
		}
		List<ErrorDetail> details = new ArrayList<>(elements.size());
		for (Object element : elements) {
			if (element instanceof Map<?, ?> members && members.get(TYPE) instanceof String type) {
				details.add(detail(type, members));
			}
		}
		return List.copyOf(details);
	}

	private static ErrorDetail detail(String type, Map<?, ?> members) {
		Map<String, Object> others = new LinkedHashMap<>();
		members.forEach((name, value) -> others.put(String.valueOf(name), value));
		others.remove(TYPE);
		return new ErrorDetail(type, others);
	}

}
