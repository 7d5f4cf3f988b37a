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

package dev.ferrule.context;

/**
 * Reason for which a header value is not captured.
 */
public enum MetadataDrop {

	/** The name starts with a colon and is not {@code :authority}. */
	PSEUDO_HEADER("pseudo-header"),

	/** The name is no RFC 9110 token. */
	ILLEGAL_NAME("illegal name"),

	/** The header concerns the connection only. */
	HOP_BY_HOP("hop-by-hop"),

	/** The {@code Connection} header names the header. */
	NAMED_BY_CONNECTION("named by Connection"),

	/** The header describes the body as it was sent. */
	FRAMING("message framing"),

	/** The name starts with {@code grpc-}. */
	RESERVED_FOR_GRPC("reserved for gRPC"),

	/** The name exceeds its limit. */
	NAME_TOO_LONG("name too long"),

	/** The value exceeds its limit. */
	VALUE_TOO_LONG("value too long"),

	/** The value holds a control character. */
	CONTROL_CHARACTER("control character"),

	/** The value of a gRPC header holds more than ASCII. */
	NOT_ASCII("not ASCII"),

	/** The bytes of the value are not UTF-8. */
	NOT_UTF8("not ASCII and not UTF-8"),

	/** The value of a {@code -bin} header is not base64. */
	NOT_BASE64("not base64"),

	/** There are as many values as the limit allows. */
	TOO_MANY_ENTRIES("too many entries"),

	/** All names and values together would exceed their limit. */
	TOTAL_SIZE("total size");

	private final String text;

	MetadataDrop(String text) {
		this.text = text;
	}

	/**
	 * Returns the reason in words.
	 * @return a few lower-case words
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
