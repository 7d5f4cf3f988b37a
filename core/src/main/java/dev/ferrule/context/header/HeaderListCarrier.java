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

package dev.ferrule.context.header;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.ferrule.context.RequestCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Request carrier over a list of headers; the request arrives when this object is made.
 * For whatever brings headers besides web and gRPC servers, such as a listener for
 * messages, and for tests:
 *
 * <pre class="code">
 * CallContext context = factory.begin(HeaderListCarrier.of(message.headers())).get();
 * </pre>
 *
 * Not thread-safe while headers are added.
 */
public final class HeaderListCarrier implements RequestCarrier {

	private final List<Header> headers = new ArrayList<>();

	private final long arrivalNanoTime = System.nanoTime();

	/**
	 * Returns a request with the given headers.
	 * @param headers values by name; those that are {@code null} are left out, those that
	 * are neither a byte array nor an {@link Iterable} count as text
	 * @return a request to which headers can be added
	 */
	public static HeaderListCarrier of(Map<String, ?> headers) {
		HeaderListCarrier carrier = new HeaderListCarrier();
		headers.forEach((name, value) -> {
			if (value instanceof Iterable<?> values) {
				values.forEach((each) -> carrier.addAny(name, each));
			}
			else {
				carrier.addAny(name, value);
			}
		});
		return carrier;
	}

	private void addAny(String name, @Nullable Object value) {
		if (value instanceof byte[] bytes) {
			add(name, bytes);
		}
		else if (value != null) {
			add(name, value.toString());
		}
	}

	/**
	 * Adds a header value.
	 * @param name name of the header
	 * @param value text
	 * @return this request
	 */
	public HeaderListCarrier add(String name, String value) {
		String bytes = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		this.headers.add(new Header(name, bytes, null));
		return this;
	}

	/**
	 * Adds a binary header value.
	 * @param name name of the header
	 * @param value bytes, not to be modified
	 * @return this request
	 */
	public HeaderListCarrier add(String name, byte[] value) {
		this.headers.add(new Header(name, "", value));
		return this;
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
		for (Header header : this.headers) {
			if (header.binary != null) {
				visitor.binary(header.name, header.binary);
			}
			else {
				visitor.text(header.name, header.text);
			}
		}
	}

	@SuppressWarnings("ArrayRecordComponent") // Never compared
	private record Header(String name, String text, byte @Nullable [] binary) {
	}

}
