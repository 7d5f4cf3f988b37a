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
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.RequestCarrier;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Finds the tenant of each request over HTTP and gRPC, after its client was authenticated
 * and before its body is read: refuses it if the tenant is not one of the client's or
 * sends too much, and puts the tenant into the metadata.
 */
@Component
final class TenantCustomizer implements CallContextCustomizer {

	private static final int INVALID_ARGUMENT = 3;

	private static final int PERMISSION_DENIED = 7;

	private static final int UNAUTHENTICATED = 16;

	private static final Set<String> CREDENTIALS = Set.of("authorization", "x-api-key");

	private final GatewayProperties gateway;

	private final Map<String, TenantLimit> limits;

	TenantCustomizer(GatewayProperties gateway, MeterRegistry meters) {
		this.gateway = gateway;
		this.limits = gateway.tenants()
			.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
					(tenant) -> new TenantLimit(tenant.getKey(), tenant.getValue().rateLimit(), meters)));
	}

	@Override
	public CallContext customize(RequestCarrier request, CallContext context) {
		if (this.gateway.isOpen()) {
			return context.withMetadata(metadata(context.metadata(), null));
		}
		String tenant = tenant(context.metadata().first(this.gateway.tenantHeader()));
		Duration delay = limit(tenant).admit();
		if (!delay.isZero()) {
			throw TelemetryEngineException
				.of(Failure.of(ErrorKind.RESOURCE_EXHAUSTED, "Too many requests of tenant '" + tenant + "'")
					.withRetryDelay(delay));
		}
		return context.withMetadata(metadata(context.metadata(), tenant));
	}

	/**
	 * Returns the limit of a tenant.
	 * @param tenant name of a tenant
	 * @return its limit
	 */
	TenantLimit limit(String tenant) {
		TenantLimit limit = this.limits.get(tenant);
		if (limit == null) {
			throw refusal(PERMISSION_DENIED, "There is no such tenant");
		}
		return limit;
	}

	private String tenant(@Nullable String named) {
		Authentication client = SecurityContextHolder.getContext().getAuthentication();
		if (client == null || !client.isAuthenticated()) {
			throw refusal(UNAUTHENTICATED, "An API key is needed");
		}
		String only = null;
		for (GrantedAuthority authority : client.getAuthorities()) {
			String name = authority.getAuthority();
			if (name == null || !name.startsWith(ApiKeys.AUTHORITY_PREFIX)) {
				continue;
			}
			String tenant = name.substring(ApiKeys.AUTHORITY_PREFIX.length());
			if (tenant.equals(named)) {
				return tenant;
			}
			if (named == null && only != null) {
				throw refusal(INVALID_ARGUMENT, "The API key is one of several tenants: name one of them in the header "
						+ this.gateway.tenantHeader());
			}
			only = tenant;
		}
		if (named != null || only == null) {
			throw refusal(PERMISSION_DENIED, "The API key is not one of this tenant");
		}
		return only;
	}

	private static TelemetryEngineException refusal(int grpcCode, String message) {
		return TelemetryEngineException.of(Failure.of(ErrorKind.PERMANENT, message).withGrpcCode(grpcCode));
	}

	// What the client says of its tenant is replaced, and its key goes no further
	private ClientMetadata metadata(ClientMetadata captured, @Nullable String tenant) {
		ClientMetadata.Builder metadata = ClientMetadata.builder();
		for (ClientMetadata.Entry entry : captured.entries()) {
			if (entry.name().equalsIgnoreCase(this.gateway.tenantHeader()) || CREDENTIALS.contains(entry.name())) {
				continue;
			}
			if (entry.binary()) {
				metadata.addBinary(entry.name(), entry.value());
			}
			else {
				metadata.add(entry.name(), entry.text());
			}
		}
		return ((tenant != null) ? metadata.add(this.gateway.tenantHeader(), tenant) : metadata).build();
	}

}
