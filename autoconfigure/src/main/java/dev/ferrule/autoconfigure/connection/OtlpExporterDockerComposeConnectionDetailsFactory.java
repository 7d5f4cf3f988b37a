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

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * Factory of connection details from a service of Docker Compose.
 */
class OtlpExporterDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<OtlpExporterConnectionDetails> {

	private static final String[] IMAGES = { "otel/opentelemetry-collector", "otel/opentelemetry-collector-contrib",
			"grafana/otel-lgtm" };

	private static final int GRPC_PORT = 4317;

	OtlpExporterDockerComposeConnectionDetailsFactory() {
		super(IMAGES);
	}

	@Override
	protected OtlpExporterConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements OtlpExporterConnectionDetails {

		private final String endpoint;

		private Details(RunningService service) {
			super(service);
			this.endpoint = "http://" + service.host() + ":" + service.ports().get(GRPC_PORT);
		}

		@Override
		public String getEndpoint() {
			return this.endpoint;
		}

	}

}
