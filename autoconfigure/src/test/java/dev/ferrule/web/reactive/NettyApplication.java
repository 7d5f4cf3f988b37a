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

import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.web.servlet.TeapotAdvice;

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
@Import({ ReactiveSpansController.class, TeapotAdvice.class })
public class NettyApplication {

	@Bean
	NettyReactiveWebServerFactory webServer() {
		return new NettyReactiveWebServerFactory();
	}

	@Bean
	CallContextCustomizer region() {
		return (request, context) -> context.withAttributesJson("{\"region\":{\"zone\":1}}");
	}

	@Bean
	CallContextCustomizer refusal() {
		return TeapotAdvice::refuse;
	}

}
