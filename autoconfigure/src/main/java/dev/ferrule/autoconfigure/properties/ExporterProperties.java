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

package dev.ferrule.autoconfigure.properties;

import java.time.Duration;
import java.util.Map;

import dev.ferrule.autoconfigure.connection.OtlpExporterConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Where a pipeline sends its data.
 *
 * @param type Kind of exporter. Follows from the endpoint and the protocol if there is an
 * endpoint, otherwise the log.
 * @param endpoint URL of an OTLP server, such as http://localhost:4317. Over HTTP the
 * base URL: the paths of the signals are added to it.
 * @param protocol Protocol that the endpoint speaks. It does not follow from the port.
 * @param compression Compression of what is sent.
 * @param headers Headers added to every request.
 * @param timeout Time one attempt may take. Without it only the deadline of the call
 * counts.
 * @param maxInFlight Requests of one pipeline thread that may be under way at once.
 * @param connections Connections that one pipeline thread opens.
 * @param ssl Certificates and keys for an endpoint with https.
 */
public record ExporterProperties(@Nullable Type type, @Nullable String endpoint, @Nullable Protocol protocol,
		@DefaultValue("none") Compression compression, @DefaultValue Map<String, String> headers,
		@Nullable Duration timeout, @DefaultValue("128") int maxInFlight, @DefaultValue("1") int connections,
		@Nullable Ssl ssl) {

	public static ExporterProperties log() {
		return new ExporterProperties(Type.LOG, null, null, Compression.NONE, Map.of(), null, 128, 1, null);
	}

	/**
	 * Leaves out what may be credentials: the values of the headers and parts of the
	 * endpoint.
	 */
	@Override
	public String toString() {
		String shown = (this.endpoint != null) ? PropertyCheck.hideCredentials(this.endpoint) : null;
		return "ExporterProperties[type=" + this.type + ", endpoint=" + shown + ", headers=" + this.headers.keySet()
				+ "]";
	}

	ExporterProperties withConnection(OtlpExporterConnectionDetails details) {
		Protocol protocol = Protocol.valueOf(details.getProtocol().name());
		return new ExporterProperties(null, details.getEndpoint(), protocol, this.compression, this.headers,
				this.timeout, this.maxInFlight, this.connections, new Ssl(details.getSslBundleName()));
	}

	public @Nullable String bundle() {
		return (this.ssl != null && StringUtils.hasText(this.ssl.bundle())) ? this.ssl.bundle() : null;
	}

	/**
	 * Certificates and keys.
	 *
	 * @param bundle Name of an SSL bundle under spring.ssl.bundle. Without it the roots
	 * of the platform are trusted, and no client certificate is shown.
	 */
	record Ssl(@Nullable String bundle) {
	}

	/**
	 * Node that ends a pipeline.
	 */
	public enum Type {

		/** Writes a summary of each request to the log. */
		LOG,

		/** OTLP over gRPC. */
		OTLP_GRPC,

		/** OTLP over HTTP, in protobuf. */
		OTLP_HTTP,

		/** Acknowledges and drops everything. */
		NOOP

	}

	/**
	 * Transport of OTLP.
	 */
	public enum Protocol {

		/** OTLP over gRPC. */
		GRPC,

		/** OTLP over HTTP, in protobuf. */
		HTTP

	}

	/**
	 * Compression of requests.
	 */
	public enum Compression {

		/** None. */
		NONE,

		/** RFC 1952. */
		GZIP,

		/** RFC 8878. */
		ZSTD

	}

}
