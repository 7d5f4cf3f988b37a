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

package dev.ferrule.docs;

import java.io.UnsupportedEncodingException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.mock.web.MockHttpServletResponse;

/**
 * An answer over HTTP, to be compared without regard to the order of its fields.
 *
 * @param head status line and headers
 * @param body body
 */
public record Answers(Set<String> head, JsonNode body) {

	/**
	 * Reads an answer as a page shows it.
	 */
	public static Answers of(String text) {
		String[] parts = text.split("\n\n", 2);
		return new Answers(new TreeSet<>(Arrays.asList(parts[0].split("\n"))), new JsonMapper().readTree(parts[1]));
	}

	/**
	 * Reads the answer of a test.
	 */
	public static Answers of(MockHttpServletResponse response) throws UnsupportedEncodingException {
		Set<String> head = new TreeSet<>();
		head.add("HTTP/1.1 " + response.getStatus());
		response.getHeaderNames().forEach((name) -> head.add(name + ": " + response.getHeader(name)));
		return new Answers(head, new JsonMapper().readTree(response.getContentAsString()));
	}

}
