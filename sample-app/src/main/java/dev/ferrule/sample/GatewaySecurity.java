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

import java.io.IOException;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.error.TranslatedError;
import dev.ferrule.error.rpc.RpcStatus;
import io.grpc.Metadata;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.security.AuthenticationProcessInterceptor;
import org.springframework.grpc.server.security.GrpcSecurity;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

/**
 * Lets nobody in without an API key, if there are tenants. Health is for everybody, on a
 * port of its own.
 */
@Configuration(proxyBeanMethods = false)
class GatewaySecurity {

	private static final Logger logger = LoggerFactory.getLogger(GatewaySecurity.class);

	private static final String API_KEY = "x-api-key";

	private static final Metadata.Key<String> GRPC_AUTHORIZATION = Metadata.Key.of("authorization",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final Metadata.Key<String> GRPC_API_KEY = Metadata.Key.of(API_KEY, Metadata.ASCII_STRING_MARSHALLER);

	GatewaySecurity(GatewayProperties gateway) {
		if (gateway.isOpen()) {
			logger.warn("There are no tenants (gateway.tenants): everybody who reaches the gateway may send");
		}
	}

	@Bean
	@GlobalServerInterceptor
	@ConditionalOnBooleanProperty(name = "spring.grpc.server.enabled", matchIfMissing = true)
	AuthenticationProcessInterceptor grpcAuthentication(GrpcSecurity grpc, GatewayProperties gateway, ApiKeys keys)
			throws Exception {
		if (gateway.isOpen()) {
			return grpc.authorizeRequests((requests) -> requests.allRequests().permitAll()).build();
		}
		return grpc.authenticationManager(keys)
			.authenticationExtractor((headers, attributes, method) -> ApiKeys.read(headers.get(GRPC_AUTHORIZATION),
					headers.get(GRPC_API_KEY)))
			.authorizeRequests(
					(requests) -> requests.methods("grpc.health.v1.Health/*").permitAll().allRequests().authenticated())
			.build();
	}

	@Bean
	@Order(1)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	SecurityFilterChain managementAccess() {
		return new DefaultSecurityFilterChain(EndpointRequest.to("health", "info"));
	}

	@Bean
	@Order(2)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	SecurityFilterChain httpAuthentication(HttpSecurity http, GatewayProperties gateway, ApiKeys keys,
			ErrorTranslator errors) {
		if (gateway.isOpen()) {
			return new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE);
		}
		AuthenticationEntryPoint refusal = (request, response, ex) -> {
			response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
			refuse(request, response, errors, Failure.of(ErrorKind.PERMANENT, "A valid API key is needed")
				.withGrpcCode(GrpcCodes.UNAUTHENTICATED));
		};
		AuthenticationFilter filter = new AuthenticationFilter(keys,
				(request) -> ApiKeys.read(request.getHeader(HttpHeaders.AUTHORIZATION), request.getHeader(API_KEY)));
		filter.setSuccessHandler((request, response, client) -> {
		});
		filter.setFailureHandler(new AuthenticationEntryPointFailureHandler(refusal));
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.addFilterBefore(filter, AuthorizationFilter.class)
			.exceptionHandling((exceptions) -> exceptions.authenticationEntryPoint(refusal))
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			// Clients are programs, not browsers
			.csrf(AbstractHttpConfigurer::disable)
			.headers(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.build();
	}

	// A request has one observation, that of the server
	@Bean
	SecurityObservationSettings securityObservations() {
		return SecurityObservationSettings.noObservations();
	}

	@Bean
	RequestRejectedHandler firewallRefusal(ErrorTranslator errors) {
		return (request, response, ex) -> refuse(request, response, errors,
				Failure.of(ErrorKind.PERMANENT, "The request is malformed").withGrpcCode(GrpcCodes.INVALID_ARGUMENT));
	}

	private static void refuse(HttpServletRequest request, HttpServletResponse response, ErrorTranslator errors,
			Failure failure) throws IOException {
		TranslatedError error = errors.translate(TelemetryEngineException.of(failure));
		RpcStatus status = RpcStatus.of(error);
		String type = request.getContentType();
		boolean protobuf = type != null && type.startsWith("application/x-protobuf");
		response.setStatus(error.httpStatus());
		response.setContentType(protobuf ? "application/x-protobuf" : "application/json");
		response.getOutputStream().write(protobuf ? status.toProtobuf() : status.toJson());
	}

}
