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

package dev.ferrule.autoconfigure.properties;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What tells that a client left, where web servers do not by themselves.
 *
 * @param tomcat Tomcat.
 * @param jetty Jetty.
 */
public record CancellationProperties(@NestedConfigurationProperty @DefaultValue Tomcat tomcat,
		@NestedConfigurationProperty @DefaultValue Jetty jetty) {

	/**
	 * Tomcat.
	 *
	 * @param enabled Whether to notice on Tomcat's default connector that the client of a
	 * waiting HTTP/1.1 request left. By default where OTLP is served over HTTP or a
	 * controller has a CallContext as an argument.
	 */
	public record Tomcat(@Nullable Boolean enabled) {
	}

	/**
	 * Jetty.
	 *
	 * @param enabled Whether to notice on Jetty that the client of a waiting HTTP/1.1
	 * request left.
	 */
	public record Jetty(@DefaultValue("false") boolean enabled) {
	}

}
