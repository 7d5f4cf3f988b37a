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

package dev.ferrule.autoconfigure.connection;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Connection details of the exporter of the only pipeline: where it sends its data. A
 * bean of this type takes the place of the type, endpoint, protocol and SSL bundle under
 * {@code ferrule.exporter}.
 */
public interface OtlpExporterConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the URL of the server.
	 * @return a URL with http or https; over HTTP without the paths of the signals
	 */
	String getEndpoint();

	/**
	 * Returns the protocol that the server speaks.
	 * @return the protocol
	 */
	default Protocol getProtocol() {
		return Protocol.GRPC;
	}

	/**
	 * Returns the SSL bundle for an endpoint with https.
	 * @return name of the bundle, or {@code null} if the platform's roots are trusted
	 */
	default @Nullable String getSslBundleName() {
		return null;
	}

	/**
	 * Protocol of OTLP.
	 */
	enum Protocol {

		/** OTLP over gRPC. */
		GRPC,

		/** OTLP over HTTP. */
		HTTP

	}

}
