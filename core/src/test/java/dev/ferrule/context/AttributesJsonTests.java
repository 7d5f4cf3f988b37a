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

package dev.ferrule.context;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import com.jayway.jsonpath.JsonPath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AttributesJson}.
 */
class AttributesJsonTests {

	private final long before = AttributesJson.degradedCount();

	@Test
	void writesWhatJsonKnows() {
		Map<String, Object> attributes = new LinkedHashMap<>();
		attributes.put("text", "a\"\u00e9");
		attributes.put("numbers", List.of(1, 2L, 0.5, new BigDecimal("1e400"), new AtomicInteger(7)));
		attributes.put("array", new int[] { 1, 2 });
		attributes.put("nested", Map.of("yes", true));
		attributes.put("nothing", null);
		attributes.put("other", Thread.State.NEW);
		assertThat(AttributesJson.write(attributes)).isEqualTo(
				"{\"text\":\"a\\\"\u00e9\",\"numbers\":[1,2,0.5,1E+400,7],\"array\":[1,2],\"nested\":{\"yes\":true},"
						+ "\"nothing\":null,\"other\":\"NEW\"}");
		assertThat(degraded()).isZero();
		assertThat(AttributesJson.write(Map.of())).isNull();
	}

	@Test
	void sameValueTwiceIsNoCycle() {
		List<Integer> shared = List.of(1);
		assertThat(AttributesJson.write(Map.of("a", List.of(shared, shared)))).isEqualTo("{\"a\":[[1],[1]]}");
		assertThat(degraded()).isZero();
	}

	@Test
	void numbersThatJsonLacksBecomeNull() {
		assertThat(AttributesJson.write(Map.of("a", Arrays.asList(Double.NaN, Float.POSITIVE_INFINITY, 1))))
			.isEqualTo("{\"a\":[null,null,1]}");
		assertThat(degraded()).isOne();
	}

	@Test
	void cyclesEnd() {
		Map<String, Object> attributes = new LinkedHashMap<>();
		attributes.put("tenant", "a");
		attributes.put("self", attributes);
		assertThat(AttributesJson.write(attributes)).isEqualTo("{\"tenant\":\"a\",\"self\":null}");
		assertThat(degraded()).isOne();
	}

	@Test
	void deepNestingEnds() {
		Object nested = "deep";
		for (int i = 0; i < 100_000; i++) {
			nested = Collections.singletonList(nested);
		}
		String json = AttributesJson.write(Map.of("a", "kept", "deep", nested));
		assertThat(JsonPath.<String>read(json, "$.a")).isEqualTo("kept");
		assertThat(json).contains("[".repeat(31) + "null");
		assertThat(degraded()).isOne();
	}

	@Test
	void widthEnds() {
		List<Object> doubling = List.of("leaf");
		for (int i = 0; i < 30; i++) {
			doubling = List.of(doubling, doubling);
		}
		assertThat(AttributesJson.write(Map.of("a", doubling)).length()).isLessThan(200_000);
		assertThat(degraded()).isOne();
		assertThat(AttributesJson.write(Map.of("a", Collections.nCopies(Integer.MAX_VALUE, 1))).length())
			.isLessThan(200_000);
	}

	@Test
	void codeOfTheApplicationMayFail() {
		Map<String, Object> attributes = new LinkedHashMap<>();
		attributes.put("thrower", new Object() {

			@Override
			public String toString() {
				throw new IllegalStateException();
			}

		});
		attributes.put("list", new ArrayList<>(List.of(1)) {

			@Override
			public Iterator<Integer> iterator() {
				throw new ConcurrentModificationException();
			}

		});
		attributes.put("kept", 1);
		assertThat(AttributesJson.write(attributes)).isEqualTo("{\"thrower\":null,\"list\":null,\"kept\":1}");
		assertThat(degraded()).isOne();
		assertThat(AttributesJson.write(new HashMap<>() {

			@Override
			public Set<Map.Entry<String, Object>> entrySet() {
				throw new ConcurrentModificationException();
			}

		})).isNull();
	}

	@Test
	void numbersOfOthersAreText() {
		assertThat(AttributesJson.write(Map.of("a", new Number() {

			@Override
			public int intValue() {
				return 0;
			}

			@Override
			public long longValue() {
				return 0;
			}

			@Override
			public float floatValue() {
				return 0;
			}

			@Override
			public double doubleValue() {
				return 0;
			}

			@Override
			public @Nullable String toString() {
				return "seven";
			}

		}))).isEqualTo("{\"a\":\"seven\"}");
	}

	@Test
	void whatNoFrameCanTakeIsLeftOut() {
		String text = "\u00e9".repeat(AttributesJson.MAXIMUM_BYTES / 2);
		CallContext context = CallContext.builder().attributes(Map.of("a", text)).build();
		assertThat(context.attributesJson()).isNull();
		assertThat(degraded()).isOne();
		assertThat(context.withAttributesJson("\"" + text + "\"").attributesJson()).isNull();
		assertThat(degraded()).isEqualTo(2);
		assertThat(context.withAttributesJson(text).attributesJson()).isEqualTo(text);
		assertThat(degraded()).isEqualTo(2);
	}

	private long degraded() {
		return AttributesJson.degradedCount() - this.before;
	}

}
