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

package dev.ferrule.web.servlet;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.error.HttpCodes;
import io.micrometer.common.KeyValue;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Spring's convention, except that a request whose client left before its answer counts
 * as a client error with status 499 instead of as a success.
 */
public final class DisconnectObservationConvention extends DefaultServerRequestObservationConvention {

	private static final KeyValue STATUS = KeyValue.of("status", String.valueOf(HttpCodes.CLIENT_CLOSED_REQUEST));

	private static final KeyValue OUTCOME = KeyValue.of("outcome", "CLIENT_ERROR");

	/**
	 * Creates the convention.
	 * @param name name of the observation
	 */
	public DisconnectObservationConvention(String name) {
		super(name);
	}

	@Override
	protected KeyValue status(ServerRequestObservationContext context) {
		return hasClientLeft(context) ? STATUS : super.status(context);
	}

	@Override
	protected KeyValue outcome(ServerRequestObservationContext context) {
		return hasClientLeft(context) ? OUTCOME : super.outcome(context);
	}

	private static boolean hasClientLeft(ServerRequestObservationContext context) {
		HttpServletRequest request = context.getCarrier();
		RequestCallContext call = (request != null) ? TelemetryContextFilter.of(request) : null;
		return (call != null && call.cancellation().token().cause() == CancellationCause.CLIENT)
				|| DisconnectErrors.isCause(context.getError());
	}

}
