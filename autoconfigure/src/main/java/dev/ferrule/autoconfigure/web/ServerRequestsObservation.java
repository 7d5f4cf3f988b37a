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

package dev.ferrule.autoconfigure.web;

import org.springframework.core.env.Environment;

/**
 * The observation of requests that Spring Boot configures.
 */
final class ServerRequestsObservation {

	private ServerRequestsObservation() {
	}

	// Read as text: ObservationProperties is in a module of Spring Boot that an
	// application which observes its requests by itself need not have
	static String name(Environment environment) {
		return environment.getProperty("management.observations.http.server.requests.name", "http.server.requests");
	}

}
