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

package dev.ferrule.autoconfigure.engine;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.ferrule.autoconfigure.properties.ExporterProperties;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Compression;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Protocol;
import dev.ferrule.autoconfigure.properties.ExporterProperties.Type;
import dev.ferrule.autoconfigure.properties.PropertyCheck;
import dev.ferrule.autoconfigure.properties.RetryProperties;
import org.jspecify.annotations.Nullable;

/**
 * Composition of the exporter node of a pipeline from its properties.
 */
final class ExporterNode {

	private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]*");

	private static final Set<String> RESERVED_BY_GRPC = Set.of("content-type", "te", "user-agent");

	private static final Set<String> RESERVED_BY_HTTP = Set.of("content-type", "content-encoding", "content-length",
			"host", "accept", "accept-encoding");

	private final ExporterProperties properties;

	private final RetryProperties retry;

	private final PropertyCheck check;

	private final Type type;

	ExporterNode(String prefix, ExporterProperties properties, RetryProperties retry) {
		this.properties = properties;
		this.retry = retry;
		this.check = new PropertyCheck(prefix);
		this.type = resolveType();
		validate();
	}

	private boolean isRemote() {
		return this.type == Type.OTLP_GRPC || this.type == Type.OTLP_HTTP;
	}

	Map<String, Object> toMap() {
		Map<String, Object> node = new LinkedHashMap<>();
		node.put("type", switch (this.type) {
			case LOG -> "urn:ferrule:exporter:log";
			case NOOP -> "exporter:noop";
			case OTLP_GRPC -> "urn:ferrule:exporter:otlp_grpc";
			case OTLP_HTTP -> "urn:ferrule:exporter:otlp_http";
		});
		node.put("config", switch (this.type) {
			case LOG, NOOP -> new LinkedHashMap<String, Object>();
			case OTLP_GRPC -> grpc();
			case OTLP_HTTP -> http();
		});
		return node;
	}

	private Map<String, Object> grpc() {
		Map<String, Object> config = client();
		config.put("grpc_endpoint", endpoint());
		config.put("max_in_flight", this.properties.maxInFlight());
		config.put("concurrency_limit", this.properties.maxInFlight());
		config.put("num_connections", this.properties.connections());
		config.put("retry", retry());
		putBundle(config);
		return config;
	}

	private Map<String, Object> http() {
		Map<String, Object> client = client();
		client.put("concurrency_limit", this.properties.maxInFlight());
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("endpoint", endpoint());
		config.put("http", client);
		config.put("max_in_flight", this.properties.maxInFlight());
		config.put("client_pool_size", this.properties.connections());
		config.put("retry", retry());
		putBundle(config);
		return config;
	}

	private void putBundle(Map<String, Object> config) {
		if (this.properties.bundle() != null) {
			config.put("tls_bundle", this.properties.bundle());
		}
	}

	private Map<String, Object> retry() {
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("enabled", this.retry.enabled());
		config.put("max_attempts", this.retry.maxAttempts());
		config.put("initial_interval", this.retry.initialInterval().toMillis() + "ms");
		config.put("max_interval", this.retry.maxInterval().toMillis() + "ms");
		config.put("multiplier", this.retry.multiplier());
		config.put("max_elapsed_time", this.retry.maxElapsedTime().toMillis() + "ms");
		return config;
	}

	private Map<String, Object> client() {
		Map<String, Object> config = new LinkedHashMap<>();
		if (this.properties.compression() != Compression.NONE) {
			config.put("compression", this.properties.compression().name().toLowerCase(Locale.ROOT));
		}
		if (this.properties.timeout() != null) {
			config.put("timeout", this.properties.timeout().toMillis() + "ms");
		}
		if (!this.properties.headers().isEmpty()) {
			config.put("headers", new LinkedHashMap<>(this.properties.headers()));
		}
		return config;
	}

	private String endpoint() {
		String endpoint = this.properties.endpoint();
		if (endpoint == null) {
			throw this.check.refuse("endpoint", null, "is missing: exporter type '" + name(this.type) + "' needs it",
					"Set it to the URL of an OTLP server, such as http://localhost:"
							+ ((this.type == Type.OTLP_HTTP) ? "4318." : "4317."));
		}
		return endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
	}

	private Type resolveType() {
		Type declared = this.properties.type();
		Protocol protocol = this.properties.protocol();
		if (declared == null) {
			if (this.properties.endpoint() == null) {
				if (protocol != null) {
					throw this.check.refuse("protocol", name(protocol), "has no endpoint to apply to",
							"Set " + this.check.prefix() + ".endpoint, or remove the protocol.");
				}
				return Type.LOG;
			}
			return (protocol == Protocol.HTTP) ? Type.OTLP_HTTP : Type.OTLP_GRPC;
		}
		Protocol implied = switch (declared) {
			case OTLP_GRPC -> Protocol.GRPC;
			case OTLP_HTTP -> Protocol.HTTP;
			case LOG, NOOP -> null;
		};
		if (protocol != null && protocol != implied) {
			throw this.check.refuse("protocol", name(protocol),
					"contradicts " + this.check.prefix() + ".type '" + name(declared) + "'", "Remove one of the two.");
		}
		return declared;
	}

	private void validate() {
		if (isRemote()) {
			validateEndpoint();
			validateHeaders();
		}
		else if (this.properties.endpoint() != null) {
			throw this.check.refuse("endpoint", null, "is set, but exporter type '" + name(this.type) + "' has none",
					"Remove " + this.check.prefix() + ".type to send to the endpoint, or remove the endpoint.");
		}
		if (this.properties.bundle() != null && !endpointStartsWith("https:")) {
			throw this.check.refuse("ssl.bundle", this.properties.bundle(), "has no endpoint with https to apply to",
					"Let " + this.check.prefix() + ".endpoint start with https://, or remove the bundle.");
		}
		if (this.properties.timeout() != null) {
			this.check.atLeast("timeout", this.properties.timeout(), Duration.ofMillis(1));
		}
		this.check.between("max-in-flight", this.properties.maxInFlight(), 1, 100_000);
		this.check.between("connections", this.properties.connections(), 1, 1024);
	}

	private boolean endpointStartsWith(String scheme) {
		return isRemote() && endpoint().startsWith(scheme);
	}

	private void validateEndpoint() {
		String endpoint = endpoint();
		URI uri = parse(endpoint);
		if (uri == null || uri.getScheme() == null || !Set.of("http", "https").contains(uri.getScheme())
				|| uri.getHost() == null) {
			throw this.check.refuse("endpoint", PropertyCheck.hideCredentials(endpoint),
					"is not a URL with http or https and a host",
					"Write it like http://localhost:4317 or https://otlp.example.com:4317.");
		}
		if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw this.check.refuse("endpoint", null, "has a user, a query or a fragment, which OTLP does not use",
					"Remove it; credentials go to " + this.check.prefix() + ".headers.");
		}
		String path = (uri.getRawPath() != null) ? uri.getRawPath() : "";
		if (this.type == Type.OTLP_GRPC && !path.isEmpty()) {
			throw this.check.refuse("endpoint", endpoint, "has a path, which OTLP over gRPC does not use",
					"Remove the path, or set " + this.check.prefix() + ".protocol to http.");
		}
		if (path.endsWith("/v1/traces") || path.endsWith("/v1/metrics") || path.endsWith("/v1/logs")) {
			throw this.check.refuse("endpoint", endpoint, "names the path of one signal",
					"Leave out the part from /v1 on: the path of each signal is added to the endpoint.");
		}
	}

	private static @Nullable URI parse(String endpoint) {
		try {
			return new URI(endpoint);
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	private void validateHeaders() {
		Set<String> reserved = (this.type == Type.OTLP_GRPC) ? RESERVED_BY_GRPC : RESERVED_BY_HTTP;
		Set<String> seen = new TreeSet<>();
		this.properties.headers().forEach((name, value) -> {
			String key = "headers." + name;
			String lowerCase = name.toLowerCase(Locale.ROOT);
			if (!HEADER_NAME.matcher(name).matches()) {
				throw this.check.refuse(key, null, "is not a header name",
						"Use letters, digits and dashes only, such as x-scope-orgid.");
			}
			if (reserved.contains(lowerCase)
					|| (this.type == Type.OTLP_GRPC && (lowerCase.startsWith("grpc-") || lowerCase.endsWith("-bin")))) {
				throw this.check.refuse(key, null, "names a header that belongs to the protocol", "Remove it.");
			}
			if (!HEADER_VALUE.matcher(value).matches()) {
				throw this.check.refuse(key, null, "has a value with characters other than visible ASCII",
						"Encode the value, or look for a line break at its end.");
			}
			if (!seen.add(lowerCase)) {
				throw this.check.refuse(key, null, "repeats a header with other upper and lower case",
						"Keep one of the two.");
			}
		});
	}

	static String name(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
