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

import java.util.Enumeration;

import dev.ferrule.context.RequestCarrier;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Request carrier over the headers of a servlet request, by name in the order in which
 * the names first came.
 */
final class ServletRequestCarrier implements RequestCarrier {

	private final HttpServletRequest request;

	private final long arrivalNanoTime;

	ServletRequestCarrier(HttpServletRequest request, long arrivalNanoTime) {
		this.request = request;
		this.arrivalNanoTime = arrivalNanoTime;
	}

	@Override
	public Transport transport() {
		return Transport.HTTP;
	}

	@Override
	public long arrivalNanoTime() {
		return this.arrivalNanoTime;
	}

	@Override
	public void forEachHeader(HeaderVisitor visitor) {
		Enumeration<String> names = this.request.getHeaderNames();
		while (names.hasMoreElements()) {
			String name = names.nextElement();
			Enumeration<String> values = this.request.getHeaders(name);
			while (values.hasMoreElements()) {
				visitor.text(name, values.nextElement());
			}
		}
	}

}
