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
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.ferrule.error.ErrorDetail;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What a downstream told, through {@link RpcStatus}.
 */
class RpcStatusDetailsTests {

	private static final String PREFIX = "type.googleapis.com/";

	private static final QuotaFailure QUOTA = QuotaFailure.newBuilder()
		.addViolations(QuotaFailure.Violation.newBuilder()
			.setSubject("tenant:acme")
			.setDescription("spans per \u00e9 minute")
			.putQuotaDimensions("region", "eu")
			.setQuotaValue(9_007_199_254_740_993L)
			.setFutureQuotaValue(0))
		.build();

	static Stream<Arguments> messages() {
		return Stream.of(Arguments.of(QUOTA, """
				{"violations": [{"subject": "tenant:acme", "description": "spans per \u00e9 minute",
				"quotaDimensions": {"region": "eu"}, "quotaValue": "9007199254740993",
				"futureQuotaValue": "0"}]}"""),
				Arguments.of(BadRequest.newBuilder()
					.addFieldViolations(BadRequest.FieldViolation.newBuilder()
						.setField("spans[3].name")
						.setReason("EMPTY")
						.setLocalizedMessage(LocalizedMessage.newBuilder().setLocale("de").setMessage("leer")))
					.build(), """
							{"fieldViolations": [{"field": "spans[3].name", "reason": "EMPTY",
							"localizedMessage": {"locale": "de", "message": "leer"}}]}"""),
				Arguments.of(PreconditionFailure.newBuilder()
					.addViolations(PreconditionFailure.Violation.newBuilder().setType("TOS").setSubject("acme"))
					.build(), "{\"violations\": [{\"type\": \"TOS\", \"subject\": \"acme\"}]}"),
				Arguments.of(Help.newBuilder()
					.addLinks(Help.Link.newBuilder().setDescription("limits").setUrl("https://example.org/limits"))
					.build(), "{\"links\": [{\"description\": \"limits\", \"url\": \"https://example.org/limits\"}]}"),
				Arguments.of(LocalizedMessage.newBuilder().setLocale("fr").setMessage("trop").build(),
						"{\"locale\": \"fr\", \"message\": \"trop\"}"),
				Arguments.of(RequestInfo.newBuilder().setRequestId("r-1").build(), "{\"requestId\": \"r-1\"}"),
				Arguments.of(ResourceInfo.newBuilder().setResourceType("bucket").setOwner("o").build(),
						"{\"resourceType\": \"bucket\", \"owner\": \"o\"}"));
	}

	@ParameterizedTest
	@MethodSource("messages")
	void messageIsRenderedInBothEncodingsFromBoth(Message message, String json) throws Exception {
		Map<String, Object> members = Json.readObject(json);
		Map<String, Object> expected = new LinkedHashMap<>(members);
		expected.put("@type", PREFIX + message.getDescriptorForType().getFullName());
		for (TelemetryEngineException refusal : List.of(refusal(encoded(message)), refusal(expected))) {
			assertThat(RpcDetails.of(refusal)).containsExactly(message);
			TranslatedError error = ErrorTranslator.create().translate(refusal);
			assertThat(protobuf(error)).extracting(Any::getTypeUrl, Any::getValue)
				.contains(tuple(Any.pack(message).getTypeUrl(), message.toByteString()));
			assertThat(json(error)).hasSize(2).last().isEqualTo(expected);
		}
	}

	@Test
	void stackTracesAndDelaysOfTheDownstreamAreNotPassedOn() throws Exception {
		TranslatedError error = error(encoded(DebugInfo.newBuilder().addStackEntries("at secret").build()),
				encoded(RetryInfo.getDefaultInstance()), encoded(QUOTA));
		assertThat(protobuf(error)).hasSize(2).last().isEqualTo(Any.pack(QUOTA));
		assertThat(json(error)).hasSize(2);
	}

	@Test
	void errorInfoOfTheDownstreamTakesThePlaceOfOurs() throws Exception {
		ErrorInfo info = ErrorInfo.newBuilder().setReason("QUOTA").setDomain("x.org").putMetadata("a", "b").build();
		ErrorInfo second = ErrorInfo.newBuilder().setReason("SECOND").build();
		TranslatedError error = error(encoded(QUOTA), encoded(info), encoded(second));
		assertThat(protobuf(error)).containsExactly(Any.pack(info), Any.pack(QUOTA));
		TranslatedError overruled = new TranslatedError(ErrorKind.PERMANENT, 13, 500, true, null, null, 14, "no",
				error.details());
		assertThat(protobuf(overruled).get(0).unpack(ErrorInfo.class))
			.isEqualTo(info.toBuilder().putMetadata("originalGrpcCode", "14").build());
		assertThat(json(overruled).get(0)).containsEntry("metadata", Map.of("a", "b", "originalGrpcCode", "14"))
			.containsEntry("reason", "QUOTA");
	}

	@Test
	void messagesOfOthersAreRenderedAsTheyCame() throws Exception {
		Any any = Any.pack(StringValue.of("x"), "example.org");
		Map<String, Object> json = Map.of("@type", "example.org/some.Message", "a", List.of(1, Map.of("b", "c")));
		TranslatedError error = error(encoded(any), json);
		assertThat(protobuf(error)).hasSize(2).last().isEqualTo(any);
		assertThat(json(error)).hasSize(2).last().isEqualTo(json);
		assertThat(RpcDetails.of(refusal(encoded(any), json))).isEmpty();
	}

	// As parsers of JSON give it that know one type of numbers only
	@Test
	void integersMayComeAsFloatingPointNumbers() throws Exception {
		QuotaFailure quota = QuotaFailure.newBuilder()
			.addViolations(QuotaFailure.Violation.newBuilder().setQuotaValue(3))
			.build();
		TranslatedError error = error(
				Map.of("@type", PREFIX + "google.rpc.QuotaFailure", "violations", List.of(Map.of("quotaValue", 3.0))),
				Map.of("@type", PREFIX + "google.rpc.QuotaFailure", "violations", List.of(Map.of("quotaValue", 1.5))));
		assertThat(protobuf(error)).hasSize(2).last().isEqualTo(Any.pack(quota));
	}

	@Test
	void malformedDetailsAreLeftOut() throws Exception {
		TranslatedError error = error(Map.of("@type", PREFIX + "google.rpc.Help", "value", "//8="),
				Map.of("@type", PREFIX + "google.rpc.Help", "links", "text"),
				Map.of("@type", PREFIX + "google.rpc.QuotaFailure", "violations", List.of(Map.of("quotaValue", "x"))),
				Map.of("@type", PREFIX + "google.rpc.LocalizedMessage", "locale", 5), Map.of("no", "type"),
				encoded(QUOTA));
		assertThat(protobuf(error)).hasSize(2).last().isEqualTo(Any.pack(QUOTA));
	}

	@Test
	void detailsThatDoNotFitAreLeftOut() throws Exception {
		Message large = LocalizedMessage.newBuilder().setMessage("x".repeat(400)).build();
		Message small = LocalizedMessage.newBuilder().setMessage("small").build();
		TranslatedError error = error(encoded(large), encoded(large), encoded(small),
				encoded(ErrorInfo.newBuilder().setReason("y".repeat(400)).build()));
		List<Any> details = Status.parseFrom(RpcStatus.of(error, 600).toProtobuf()).getDetailsList();
		assertThat(details).hasSize(3);
		assertThat(details.get(0).unpack(ErrorInfo.class).getReason()).isEqualTo("PERMANENT");
		assertThat(details.subList(1, 3)).containsExactly(Any.pack(large), Any.pack(small));
		assertThat(Status.parseFrom(RpcStatus.of(error, 0).toProtobuf()).getDetailsList()).hasSize(1);
		assertThat(protobuf(error)).hasSize(4);
	}

	private static Map<String, Object> encoded(Message message) {
		Any any = (message instanceof Any packed) ? packed : Any.pack(message);
		return Map.of("@type", any.getTypeUrl(), "value",
				Base64.getEncoder().encodeToString(any.getValue().toByteArray()));
	}

	@SafeVarargs
	private static TelemetryEngineException refusal(Map<String, Object>... details) {
		String json = Json.write(Map.of("details", List.of(details), "source", "text"));
		return TelemetryEngineException
			.of(new Failure(ErrorKind.PERMANENT, 3, 0, 0, true, null, null, false, "no", json));
	}

	@SafeVarargs
	private static TranslatedError error(Map<String, Object>... details) {
		TranslatedError error = ErrorTranslator.create().translate(refusal(details));
		assertThat(error.details()).extracting(ErrorDetail::typeName).isNotEmpty();
		return error;
	}

	private static List<Any> protobuf(TranslatedError error) throws InvalidProtocolBufferException {
		return Status.parseFrom(RpcStatus.of(error).toProtobuf()).getDetailsList();
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> json(TranslatedError error) {
		String json = new String(RpcStatus.of(error).toJson(), StandardCharsets.UTF_8);
		Object details = Json.readObject(json).get("details");
		return new ArrayList<>((List<Map<String, Object>>) details);
	}

}
