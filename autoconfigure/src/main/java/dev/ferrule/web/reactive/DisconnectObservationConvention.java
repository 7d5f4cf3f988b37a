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

package dev.ferrule.web.reactive;

import dev.ferrule.error.HttpCodes;
import io.micrometer.common.KeyValue;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerHttpObservationDocumentation.LowCardinalityKeyNames;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/**
 * Observes requests whose client left before the answer as status 499, outcome
 * {@code CLIENT_ERROR}; all else as Spring does.
 */
public final class DisconnectObservationConvention extends DefaultServerRequestObservationConvention {

	private static final KeyValue STATUS = KeyValue.of(LowCardinalityKeyNames.STATUS,
			Integer.toString(HttpCodes.CLIENT_CLOSED_REQUEST));

	private static final KeyValue OUTCOME = KeyValue.of(LowCardinalityKeyNames.OUTCOME, "CLIENT_ERROR");

	/**
	 * Creates a convention.
	 * @param name name of the observations
	 */
	public DisconnectObservationConvention(String name) {
		super(name);
	}

	@Override
	protected KeyValue status(ServerRequestObservationContext context) {
		return context.isConnectionAborted() ? STATUS : super.status(context);
	}

	@Override
	protected KeyValue outcome(ServerRequestObservationContext context) {
		return (context.isConnectionAborted() || isClosedRequest(context.getResponse())) ? OUTCOME
				: super.outcome(context);
	}

	private static boolean isClosedRequest(@Nullable ServerHttpResponse response) {
		HttpStatusCode status = (response != null) ? response.getStatusCode() : null;
		return status != null && status.value() == HttpCodes.CLIENT_CLOSED_REQUEST;
	}

}
