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

import dev.ferrule.testsupport.ParkingServer;
import dev.ferrule.web.servlet.ContextCustomizers;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application on Reactor Netty.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ReactiveSpansController.class, ContextCustomizers.class })
public class NettyApplication {

	/**
	 * Starts the application.
	 * @param properties further properties, as {@code key=value}
	 * @return the application
	 */
	public static ParkingServer start(String... properties) {
		return new ParkingServer(WebApplicationType.REACTIVE, NettyApplication.class, properties);
	}

	@Bean
	NettyReactiveWebServerFactory webServer() {
		return new NettyReactiveWebServerFactory();
	}

}
