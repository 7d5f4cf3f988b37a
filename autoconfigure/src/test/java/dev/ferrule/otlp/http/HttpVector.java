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

package dev.ferrule.otlp.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.ferrule.otlp.VectorBodies;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A case of {@code semantics/otlp-http.json}.
 *
 * @param id id of the case
 * @param json the case as it is written
 */
public record HttpVector(String id, JsonNode json) {

	static final int DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024;

	private static final Set<String> PATHS = Set.of("/v1/traces", "/v1/metrics", "/v1/logs");

	private static final Set<String> MEDIA_TYPES = Set.of("application/x-protobuf", "application/json");

	private static final Set<String> CODINGS = Set.of("identity", "gzip", "x-gzip", "deflate", "zstd");

	public static JsonNode file() {
		try (InputStream json = HttpVector.class.getResourceAsStream("/semantics/otlp-http.json")) {
			return JsonMapper.shared().readTree(json);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads the cases.
	 * @return all cases, in their order
	 */
	public static List<HttpVector> all() {
		List<HttpVector> vectors = new ArrayList<>();
		for (JsonNode json : file().get("cases")) {
			vectors.add(new HttpVector(json.get("id").asString(), json));
		}
		return vectors;
	}

	String method() {
		return request().get("method").asString();
	}

	String path() {
		return request().get("path").asString();
	}

	private JsonNode request() {
		return this.json.get("request");
	}

	Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		request().get("headers")
			.properties()
			.forEach((field) -> headers.put(field.getKey(), field.getValue().asString()));
		return headers;
	}

	byte @Nullable [] body() {
		JsonNode body = request().get("body");
		if (body.isNull()) {
			return null;
		}
		if (body.has("base64")) {
			return Base64.getDecoder().decode(body.get("base64").asString());
		}
		if (body.has("text")) {
			return body.get("text").asString().getBytes(StandardCharsets.UTF_8);
		}
		return VectorBodies.generate(body.get("generate").asString(), maxBodyBytes());
	}

	boolean isPipelined() {
		return this.id.equals("H-pipelined");
	}

	boolean isBodyWithheld() {
		JsonNode body = request().get("body");
		return body.has("generate") && body.get("generate").asString().equals("withheld");
	}

	/**
	 * Returns the limit that the server must have.
	 * @return bytes
	 */
	public int maxBodyBytes() {
		JsonNode limit = config().get("maxBodyBytes");
		return limit.isNumber() ? limit.asInt() : DEFAULT_MAX_BODY_BYTES;
	}

	/**
	 * Returns the signals that the server must serve.
	 * @return names in lower case, all by default
	 */
	public Set<String> signals() {
		Set<String> signals = new TreeSet<>();
		JsonNode configured = config().get("signals");
		if (configured == null) {
			return Set.of("traces", "metrics", "logs");
		}
		configured.forEach((signal) -> signals.add(signal.asString()));
		return signals;
	}

	boolean isHttp2() {
		return config().has("protocol");
	}

	/**
	 * Returns what the pipeline must do with the request.
	 * @return the outcome, or {@code null} for success
	 */
	public @Nullable JsonNode outcome() {
		return config().get("pipelineOutcome");
	}

	private JsonNode config() {
		return this.json.get("config");
	}

	JsonNode expect() {
		return this.json.get("expect");
	}

	int status() {
		return expect().get("status").asInt();
	}

	/**
	 * Returns whether decoding the body decides the answer: nothing before that refuses
	 * the request, and still it is refused.
	 * @return whether only a target that decodes can answer
	 */
	public boolean needsDecoding() {
		boolean refused = status() == 400 || status() == 413;
		return refused && outcome() == null && !isRefusedBeforeDecoding();
	}

	private boolean isRefusedBeforeDecoding() {
		String type = headers().getOrDefault("Content-Type", "").split(";")[0];
		String coding = headers().getOrDefault("Content-Encoding", "identity");
		return !PATHS.contains(path().split("\\?")[0]) || !method().equals("POST") || !MEDIA_TYPES.contains(type)
				|| !CODINGS.contains(coding) || isTooLarge(coding);
	}

	private boolean isTooLarge(String coding) {
		if (headers().containsKey("Content-Length")) {
			return Integer.parseInt(headers().get("Content-Length")) > maxBodyBytes();
		}
		byte[] body = coding.equals("identity") ? body() : null;
		return body != null && body.length > maxBodyBytes();
	}

	@Override
	public String toString() {
		return this.id;
	}

}
