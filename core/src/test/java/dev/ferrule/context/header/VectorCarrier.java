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

package dev.ferrule.context.header;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.ferrule.SemanticVectors.Vector;
import dev.ferrule.context.RequestCarrier;

/**
 * A request as a vector describes it. Characters of values are bytes.
 *
 * @param transport how the request came
 * @param headers pairs of name and value
 * @param arrivalNanoTime when the request came
 */
record VectorCarrier(Transport transport, List<List<String>> headers, long arrivalNanoTime) implements RequestCarrier {

	static VectorCarrier http(String name, String value) {
		return new VectorCarrier(Transport.HTTP, List.of(List.of(name, value)), System.nanoTime());
	}

	static VectorCarrier of(Vector input) {
		Transport transport = Transport.valueOf(input.<String>get("transport").toUpperCase(Locale.ROOT));
		return new VectorCarrier(transport, input.get("headers"), System.nanoTime());
	}

	static VectorCarrier of(Transport transport, Map<String, List<String>> headers) {
		List<List<String>> pairs = headers.entrySet()
			.stream()
			.flatMap((header) -> header.getValue().stream().map((value) -> List.of(header.getKey(), value)))
			.toList();
		return new VectorCarrier(transport, pairs, System.nanoTime());
	}

	@Override
	public void forEachHeader(HeaderVisitor visitor) {
		this.headers.forEach((header) -> visitor.text(header.get(0), header.get(1)));
	}

}
