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

import java.util.List;

import org.testcontainers.containers.Container;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * Factory of connection details from a container of Testcontainers that is annotated as a
 * service connection.
 */
class OtlpExporterContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, OtlpExporterConnectionDetails> {

	/** Images that serve OTLP over gRPC at their default port. */
	private static final List<String> IMAGES = List.of("otel/opentelemetry-collector",
			"otel/opentelemetry-collector-contrib", "grafana/otel-lgtm");

	private static final int GRPC_PORT = 4317;

	OtlpExporterContainerConnectionDetailsFactory() {
		super(IMAGES);
	}

	@Override
	protected OtlpExporterConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<Container<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<Container<?>>
			implements OtlpExporterConnectionDetails {

		private Details(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String getEndpoint() {
			return "http://" + getContainer().getHost() + ":" + getContainer().getMappedPort(GRPC_PORT);
		}

	}

}
