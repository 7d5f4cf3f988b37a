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

package dev.ferrule.autoconfigure;

import io.grpc.BindableService;
import io.grpc.protobuf.StatusProto;
import jakarta.servlet.http.HttpServlet;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.grpc.server.GrpcServerFactory;

/**
 * Matches where a server is missing that an endpoint needs: the opposites of the
 * conditions of the auto-configurations of the endpoints.
 *
 * @see ConditionalOnMissingServletServer
 * @see ConditionalOnMissingGrpcServer
 */
final class OnMissingServer {

	private OnMissingServer() {
	}

	static class Servlet extends NoneNestedConditions {

		Servlet() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnClass({ HttpServlet.class, ServletRegistrationBean.class })
		@ConditionalOnWebApplication(type = Type.SERVLET)
		static class Present {

		}

	}

	static class Grpc extends NoneNestedConditions {

		Grpc() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnClass({ BindableService.class, StatusProto.class, GrpcServerFactory.class,
				GrpcServerAutoConfiguration.class })
		static class Present {

		}

	}

}
