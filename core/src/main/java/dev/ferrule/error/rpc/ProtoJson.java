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

package dev.ferrule.error.rpc;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/**
 * The JSON mapping of protobuf, as far as the messages of google.rpc need it: text,
 * 64-bit integers, messages, lists and maps. {@code protobuf-java-util} has all of it,
 * but no application should carry Guava and Gson for a few details of errors, and using
 * it where it happens to be present would be a second way to the same answer.
 */
final class ProtoJson {

	private ProtoJson() {
	}

	/**
	 * Writes a message.
	 * @param message message of google.rpc
	 * @return its members; those with their default are left out
	 */
	static Map<String, Object> write(Message message) {
		Map<String, Object> members = new LinkedHashMap<>();
		message.getAllFields().forEach((field, value) -> members.put(field.getJsonName(), write(field, value)));
		return members;
	}

	private static Object write(FieldDescriptor field, Object value) {
		if (field.isMapField()) {
			Map<String, Object> entries = new LinkedHashMap<>();
			for (Object entry : (List<?>) value) {
				Message message = (Message) entry;
				entries.put(message.getField(key(field)).toString(),
						single(value(field), message.getField(value(field))));
			}
			return entries;
		}
		if (field.isRepeated()) {
			return ((List<?>) value).stream().map((element) -> single(field, element)).toList();
		}
		return single(field, value);
	}

	private static Object single(FieldDescriptor field, Object value) {
		return switch (field.getJavaType()) {
			case STRING -> value;
			case LONG -> value.toString();
			case MESSAGE -> write((Message) value);
			default -> throw new IllegalArgumentException("No mapping for " + field.getFullName());
		};
	}

	/**
	 * Reads a message. Members that the message does not have are skipped.
	 * @param type message to be filled
	 * @param members members as a JSON parser gives them
	 * @return the message
	 * @throws RuntimeException if a member has another type
	 */
	static Message read(Message type, Map<?, ?> members) {
		Message.Builder message = type.newBuilderForType();
		for (FieldDescriptor field : type.getDescriptorForType().getFields()) {
			Object value = members.get(field.getJsonName());
			if (value == null) {
				value = members.get(field.getName());
			}
			if (value != null) {
				read(message, field, value);
			}
		}
		return message.build();
	}

	private static void read(Message.Builder message, FieldDescriptor field, Object value) {
		if (field.isMapField()) {
			((Map<?, ?>) value).forEach((key, entry) -> message.addRepeatedField(field,
					message.newBuilderForField(field)
						.setField(key(field), key.toString())
						.setField(value(field), single(message, value(field), entry))
						.build()));
		}
		else if (field.isRepeated()) {
			((List<?>) value).forEach((element) -> message.addRepeatedField(field, single(message, field, element)));
		}
		else {
			message.setField(field, single(message, field, value));
		}
	}

	private static Object single(Message.Builder message, FieldDescriptor field, Object value) {
		return switch (field.getJavaType()) {
			case STRING -> (String) value;
			case LONG -> new BigDecimal(value.toString()).longValueExact();
			case MESSAGE -> read(message.newBuilderForField(field).getDefaultInstanceForType(), (Map<?, ?>) value);
			default -> throw new IllegalArgumentException("No mapping for " + field.getFullName());
		};
	}

	private static FieldDescriptor key(FieldDescriptor mapField) {
		return mapField.getMessageType().findFieldByNumber(1);
	}

	private static FieldDescriptor value(FieldDescriptor mapField) {
		return mapField.getMessageType().findFieldByNumber(2);
	}

}
