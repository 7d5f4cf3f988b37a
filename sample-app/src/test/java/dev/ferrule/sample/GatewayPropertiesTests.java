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

import java.util.ArrayList;
import java.util.List;

import com.google.common.base.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link GatewayProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GatewayPropertiesTests {

	private static final String KEY = "a-key-that-nobody-may-read";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Gateway.class);

	@Test
	void isOpenWithoutTenants() {
		this.runner.run((context) -> assertThat(context.getBean(GatewayProperties.class).isOpen()).isTrue());
	}

	@Test
	void keysAreNotPrinted() {
		this.runner
			.withPropertyValues("gateway.tenants.shop.api-keys=" + KEY, "gateway.tenants.shop.rate-limit.requests=5")
			.run((context) -> assertThat(context.getBean(GatewayProperties.class)).hasToString(
					"GatewayProperties[address=null, tenantHeader=x-scope-orgid, tenants={shop=Tenant[1 keys, rateLimit=RateLimit[requests=5, period=PT1S, burst=null]]}]"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
							tenants.shop.api-key=%1$s                   | There is no such property, or it has no value: gateway.tenants.shop.api-key
					tenant.shop.api-keys=%1$s                   | There is no such property, or it has no value: gateway.tenant.shop.api-keys
							tenants.shop.rate-limit.requests=5          | gateway.tenants.shop.api-keys has no key: add one
							tenants.shop.api-keys=short                 | gateway.tenants.shop.api-keys[0] is shorter than 20 characters
							tenants.shop.api-keys=%1$s,                 | gateway.tenants.shop.api-keys[1] is shorter than 20 characters
							tenants.shop.api-keys=sha256:%1$s           | gateway.tenants.shop.api-keys[0] is not a SHA-256: write 64 hex
							tenants.shop.api-keys=SHA256:%1$s           | gateway.tenants.shop.api-keys[0] is not a SHA-256: write 64 hex
							tenants.shop.api-keys=${SHOP_INGEST_API_KEY} | gateway.tenants.shop.api-keys[0] names something that is not set
							tenants[a b].api-keys=%1$s                  | gateway.tenants.a b is not a name for a tenant: use up to 64
							tenants.x.rate-limit.burst=5                | gateway.tenants.x.rate-limit.requests is 0: set it to 1 or more
							tenants.x.rate-limit.requests=0             | gateway.tenants.x.rate-limit.requests is 0: set it to 1 or more
							tenants.x.rate-limit.requests=1;tenants.x.rate-limit.period=0s | gateway.tenants.x.rate-limit.period is PT0S: set it to 1ms or
							tenants.x.rate-limit.requests=1;tenants.x.rate-limit.burst=0 | gateway.tenants.x.rate-limit.burst is 0: set it to 1 or more
							tenant-header=host name                     | gateway.tenant-header is not a name for a header
							""")
	void whatIsWrongStopsTheStartWithTheNameOfTheProperty(String property, String message, CapturedOutput output) {
		List<String> arguments = new ArrayList<>(List.of("--spring.config.location=optional:classpath:none/",
				"--spring.main.web-application-type=none", "--gateway.tenants.x.api-keys=" + KEY));
		for (String each : property.formatted(KEY).split(";")) {
			arguments.add("--gateway." + each);
		}
		Throwable failure = catchThrowable(
				() -> new SpringApplication(Gateway.class).run(arguments.toArray(String[]::new)));
		assertThat(output).contains("APPLICATION FAILED TO START").contains(message).doesNotContain(KEY);
		assertThat(Throwables.getStackTraceAsString(failure)).doesNotContain(KEY);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(GatewayProperties.class)
	static class Gateway {

	}

}
