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

package dev.ferrule.json;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Codec between JSON texts and plain values: maps, lists, strings, numbers, booleans and
 * {@code null}. Thread-safe.
 */
public final class Json {

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
		.build();

	private Json() {
	}

	/**
	 * Reads an object.
	 * @param json text of a JSON object, and nothing else
	 * @return its members in their order; integers as {@link Integer}, {@link Long} or
	 * {@link java.math.BigInteger}, other numbers as {@link Double}
	 * @throws IllegalArgumentException if the text is no JSON object; the message shows
	 * nothing of it
	 */
	public static Map<String, Object> readObject(String json) {
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw new IllegalArgumentException("The text is no JSON object");
			}
			Map<String, Object> object = object(parser);
			if (parser.nextToken() != null) {
				throw new IllegalArgumentException("The text goes on after a JSON object");
			}
			return object;
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The text is no JSON object: " + ex.getClass().getSimpleName());
		}
	}

	private static Map<String, Object> object(JsonParser parser) {
		Map<String, Object> object = new LinkedHashMap<>();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			put(object, name, value(parser));
		}
		return object;
	}

	// A member that is null is a member
	@SuppressWarnings("NullAway")
	private static void put(Map<String, Object> object, String name, @Nullable Object value) {
		object.put(name, value);
	}

	private static List<@Nullable Object> array(JsonParser parser) {
		List<@Nullable Object> array = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			array.add(value(parser));
		}
		return array;
	}

	private static @Nullable Object value(JsonParser parser) {
		return switch (parser.currentToken()) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			default -> null;
		};
	}

	/**
	 * Returns the objects in an array that is a member of an object.
	 * @param object the object
	 * @param name name of the member
	 * @return the objects, empty if there is no array
	 */
	public static List<Map<?, ?>> objects(Map<?, ?> object, String name) {
		List<Map<?, ?>> objects = new ArrayList<>();
		if (object.get(name) instanceof Iterable<?> array) {
			for (Object element : array) {
				if (element instanceof Map<?, ?> map) {
					objects.add(map);
				}
			}
		}
		return objects;
	}

	/**
	 * Writes an object.
	 * @param object members; values are maps with keys of any type, iterables, strings,
	 * numbers, booleans or {@code null}, others are written as their text
	 * @return text of a JSON object without white space
	 */
	public static String write(Map<?, ?> object) {
		StringWriter text = new StringWriter();
		try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
			write(generator, object);
		}
		return text.toString();
	}

	private static void write(JsonGenerator generator, @Nullable Object value) {
		if (value == null) {
			generator.writeNull();
		}
		else if (value instanceof Map<?, ?> members) {
			generator.writeStartObject();
			members.forEach((name, member) -> {
				generator.writeName(String.valueOf(name));
				write(generator, member);
			});
			generator.writeEndObject();
		}
		else if (value instanceof Iterable<?> elements) {
			generator.writeStartArray();
			elements.forEach((element) -> write(generator, element));
			generator.writeEndArray();
		}
		else if (value instanceof Number number) {
			generator.writeNumber(number.toString());
		}
		else if (value instanceof Boolean flag) {
			generator.writeBoolean(flag);
		}
		else {
			generator.writeString(value.toString());
		}
	}

}
