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

package dev.ferrule.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Finds the tenant of each request over HTTP and gRPC, after its client was authenticated
 * and before its body is read: refuses it if the tenant is not one of the client's or
 * sends too much, and puts the tenant into the metadata.
 */
@Component
final class TenantCustomizer implements CallContextCustomizer {

	private final String header;

	private final Map<String, TenantLimit> limits;

	TenantCustomizer(GatewayProperties gateway, MeterRegistry meters) {
		this.header = gateway.tenantHeader();
		this.limits = gateway.tenants()
			.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
					(tenant) -> new TenantLimit(tenant.getKey(), tenant.getValue().rateLimit(), meters)));
	}

	@Override
	public CallContext customize(RequestCarrier request, CallContext context) {
		ClientMetadata captured = context.metadata();
		// What the client says of its tenant is replaced, and its key goes no further
		ClientMetadata metadata = captured.without("authorization").without("x-api-key").without(this.header);
		return context.withMetadata(this.limits.isEmpty() ? metadata : metadata.with(this.header, admit(captured)));
	}

	private String admit(ClientMetadata captured) {
		String tenant = tenant(captured.first(this.header));
		Duration delay = limit(tenant).admit();
		if (!delay.isZero()) {
			throw TelemetryEngineException
				.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "Too many requests of tenant '" + tenant + "'")
					.withRetryDelay(delay));
		}
		return tenant;
	}

	/**
	 * Returns the limit of a tenant.
	 * @param tenant name of a tenant
	 * @return its limit
	 */
	TenantLimit limit(String tenant) {
		TenantLimit limit = this.limits.get(tenant);
		if (limit == null) {
			throw refusal(GrpcCodes.PERMISSION_DENIED, "There is no such tenant");
		}
		return limit;
	}

	private String tenant(@Nullable String named) {
		Authentication client = SecurityContextHolder.getContext().getAuthentication();
		if (client == null || !client.isAuthenticated()) {
			throw refusal(GrpcCodes.UNAUTHENTICATED, "An API key is needed");
		}
		List<String> own = client.getAuthorities()
			.stream()
			.map((authority) -> Objects.requireNonNullElse(authority.getAuthority(), ""))
			.filter((authority) -> authority.startsWith(ApiKeys.AUTHORITY_PREFIX))
			.map((authority) -> authority.substring(ApiKeys.AUTHORITY_PREFIX.length()))
			.toList();
		if (named == null && own.size() > 1) {
			throw refusal(GrpcCodes.INVALID_ARGUMENT,
					"The API key belongs to several tenants: name one in the header " + this.header);
		}
		String tenant = (named != null || own.isEmpty()) ? named : own.get(0);
		if (tenant == null || !own.contains(tenant)) {
			throw refusal(GrpcCodes.PERMISSION_DENIED, "The API key does not belong to this tenant");
		}
		return tenant;
	}

	private static TelemetryEngineException refusal(int grpcCode, String message) {
		return TelemetryEngineException.of(Failure.of(ErrorKind.PERMANENT, message).withGrpcCode(grpcCode));
	}

}
