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

package dev.ferrule.otlp;

import org.jspecify.annotations.Nullable;

/**
 * Encoding of an OTLP message in the body of a request; the answer follows it.
 */
public enum OtlpEncoding {

	/** Binary protobuf. */
	PROTOBUF("application/x-protobuf"),

	/** The JSON mapping of OTLP. */
	JSON("application/json");

	/** Value of {@code Accept} where the media type of a request is of no use. */
	public static final String ACCEPT = PROTOBUF.mediaType + ", " + JSON.mediaType;

	private final String mediaType;

	OtlpEncoding(String mediaType) {
		this.mediaType = mediaType;
	}

	public String mediaType() {
		return this.mediaType;
	}

	/**
	 * Reads a {@code Content-Type}. Parameters have no meaning: JSON is always UTF-8.
	 * @param contentType value of the header, or {@code null}
	 * @return the encoding, or {@code null} if it is not one of OTLP's
	 */
	public static @Nullable OtlpEncoding of(@Nullable String contentType) {
		if (contentType == null) {
			return null;
		}
		int parameters = contentType.indexOf(';');
		String type = ((parameters >= 0) ? contentType.substring(0, parameters) : contentType).strip();
		for (OtlpEncoding encoding : values()) {
			if (encoding.mediaType.equalsIgnoreCase(type)) {
				return encoding;
			}
		}
		return null;
	}

}
