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

import dev.ferrule.context.ClientMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Who may send, and how much.
 *
 * @param address Address of all ports, used in {@code application.yml}.
 * @param tenantHeader Header that names the tenant, both of clients and towards the
 * server behind.
 * @param tenants Tenants by name. Without any, everybody may send.
 */
@ConfigurationProperties(prefix = "gateway", ignoreUnknownFields = false)
record GatewayProperties(@Nullable String address, @DefaultValue("x-scope-orgid") String tenantHeader,
		@DefaultValue Map<String, Tenant> tenants) {

	GatewayProperties {
		Assert.isTrue(ClientMetadata.isLegalName(tenantHeader),
				"gateway.tenant-header is not a name for a header: use letters, digits and dashes");
		tenants = Map.copyOf(tenants);
		tenants.forEach((name, tenant) -> tenant.validate(name));
	}

	/**
	 * Returns whether everybody may send.
	 * @return whether there are no tenants
	 */
	boolean isOpen() {
		return this.tenants.isEmpty();
	}

	/**
	 * One tenant.
	 *
	 * @param apiKeys Keys of clients that may send for the tenant, or their SHA-256 as
	 * sha256: and 64 hexadecimal digits. Several tenants may have the same key.
	 * @param rateLimit How many requests are taken; all of them if absent.
	 */
	record Tenant(@DefaultValue List<String> apiKeys, @Nullable RateLimit rateLimit) {

		private void validate(String name) {
			String property = "gateway.tenants." + name;
			Assert.isTrue(name.matches("[A-Za-z0-9_-]{1,64}"),
					() -> property + " is not a name for a tenant: use up to 64 letters, digits, '-' and '_'");
			Assert.notEmpty(this.apiKeys, () -> property + ".api-keys has no key: add one, such as the output of"
					+ " 'openssl rand -hex 32', or remove the tenant");
			for (int i = 0; i < this.apiKeys.size(); i++) {
				String problem = ApiKeys.problem(this.apiKeys.get(i));
				Assert.isNull(problem, property + ".api-keys[" + i + "] " + problem);
			}
			if (this.rateLimit != null) {
				this.rateLimit.validate(property + ".rate-limit");
			}
		}

		// Keys must not get into logs
		@Override
		public String toString() {
			return "Tenant[" + this.apiKeys.size() + " keys, rateLimit=" + this.rateLimit + "]";
		}

	}

	/**
	 * How many requests of a tenant are taken.
	 *
	 * @param requests Number of requests in each period.
	 * @param period Period in which so many requests are taken.
	 * @param burst Number of requests that are taken at once after a pause; as many as in
	 * a period if absent.
	 */
	record RateLimit(@DefaultValue("0") long requests, @DefaultValue("1s") Duration period, @Nullable Long burst) {

		private void validate(String property) {
			Assert.isTrue(this.requests >= 1,
					() -> property + ".requests is " + this.requests + ": set it to 1 or more, or remove the limit");
			Assert.isTrue(this.period.toMillis() >= 1,
					() -> property + ".period is " + this.period + ": set it to 1ms or more");
			Assert.isTrue(this.burst == null || this.burst >= 1,
					() -> property + ".burst is " + this.burst + ": set it to 1 or more");
		}

	}

}
