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

import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CallContextCustomizer;
import dev.ferrule.context.RequestCarrier;

import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Adds to contexts what an application would, and refuses requests that have a header
 * {@code x-refuse}.
 */
@RestControllerAdvice
public class ContextCustomizers {

	@Bean
	static CallContextCustomizer region() {
		return (request, context) -> context.withAttributesJson("{\"region\":{\"zone\":1}}");
	}

	@Bean
	static CallContextCustomizer refusal() {
		return ContextCustomizers::refuse;
	}

	private static CallContext refuse(RequestCarrier request, CallContext context) {
		AtomicBoolean refuse = new AtomicBoolean();
		request.forEachHeader(new RequestCarrier.HeaderVisitor() {

			@Override
			public void text(String name, String value) {
				refuse.compareAndSet(false, "x-refuse".equalsIgnoreCase(name));
			}

			@Override
			public void binary(String name, byte[] value) {
			}

		});
		if (refuse.get()) {
			throw new TeapotException();
		}
		return context;
	}

	@ExceptionHandler(TeapotException.class)
	@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
	void answer() {
	}

	static final class TeapotException extends RuntimeException {

	}

}
