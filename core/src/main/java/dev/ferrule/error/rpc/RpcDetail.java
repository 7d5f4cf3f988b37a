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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import dev.ferrule.error.ErrorDetail;
import dev.ferrule.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A detail of google.rpc.Status in the encodings in which it can be sent: both for the
 * messages of google.rpc, the one in which it came for others.
 *
 * @param message the message, or {@code null} if its type is unknown here
 * @param protobuf encoded message, or {@code null}
 * @param json members in the JSON mapping with {@code @type}, or {@code null}
 */
record RpcDetail(@Nullable Message message, @Nullable Any protobuf, @Nullable Map<String, Object> json) {

	static final String TYPE = "@type";

	static final String TYPE_PREFIX = "type.googleapis.com/";

	private static final Logger logger = LoggerFactory.getLogger(RpcDetail.class);

	private static final Map<String, Message> TYPES = Stream
		.<Message>of(BadRequest.getDefaultInstance(), DebugInfo.getDefaultInstance(), ErrorInfo.getDefaultInstance(),
				Help.getDefaultInstance(), LocalizedMessage.getDefaultInstance(),
				PreconditionFailure.getDefaultInstance(), QuotaFailure.getDefaultInstance(),
				RequestInfo.getDefaultInstance(), ResourceInfo.getDefaultInstance())
		.collect(Collectors.toMap((message) -> message.getDescriptorForType().getFullName(), Function.identity()));

	/**
	 * Reads a detail of a downstream.
	 * @param detail the detail
	 * @return the detail, or {@code null} if it is malformed
	 */
	static @Nullable RpcDetail of(ErrorDetail detail) {
		Message type = TYPES.get(detail.typeName());
		byte[] encoded = detail.encoded();
		try {
			if (type != null) {
				return of((encoded != null) ? type.newBuilderForType().mergeFrom(encoded).build()
						: ProtoJson.read(type, detail.members()));
			}
		}
		catch (InvalidProtocolBufferException | RuntimeException ex) {
			logger.debug("A downstream sent a malformed " + detail.typeName(), ex);
			return null;
		}
		if (encoded != null) {
			Any any = Any.newBuilder().setTypeUrl(detail.type()).setValue(ByteString.copyFrom(encoded)).build();
			return new RpcDetail(null, any, null);
		}
		return new RpcDetail(null, null, json(detail.type(), detail.members()));
	}

	/**
	 * Makes a detail of a message.
	 * @param message message of google.rpc
	 * @return the detail
	 */
	static RpcDetail of(Message message) {
		String type = TYPE_PREFIX + message.getDescriptorForType().getFullName();
		return new RpcDetail(message, Any.pack(message), json(type, ProtoJson.write(message)));
	}

	private static Map<String, Object> json(String type, Map<String, Object> members) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put(TYPE, type);
		json.putAll(members);
		return json;
	}

	/**
	 * Returns the size for the limits of answers.
	 * @return bytes of the protobuf encoding, or of the JSON mapping if there is none
	 */
	int size() {
		if (this.protobuf != null) {
			return this.protobuf.getSerializedSize();
		}
		return Json.write(Objects.requireNonNull(this.json)).getBytes(StandardCharsets.UTF_8).length;
	}

}
