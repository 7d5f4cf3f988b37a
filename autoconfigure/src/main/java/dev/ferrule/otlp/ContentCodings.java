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

import java.util.Enumeration;
import java.util.Locale;

import dev.ferrule.engine.ContentCoding;
import org.jspecify.annotations.Nullable;

/**
 * Parser of {@code Content-Encoding}.
 */
public final class ContentCodings {

	/** Value of {@code Accept-Encoding} where the coding of a request is not known. */
	public static final String ACCEPT_ENCODING = "gzip, deflate, zstd, identity";

	private ContentCodings() {
	}

	/**
	 * Reads the fields of a request.
	 * @param fields values of all {@code Content-Encoding} fields, or {@code null}
	 * @return the coding, or {@code null} if it is not known or more than one
	 */
	public static @Nullable ContentCoding of(@Nullable Enumeration<String> fields) {
		if (fields == null || !fields.hasMoreElements()) {
			return ContentCoding.IDENTITY;
		}
		String coding = fields.nextElement().strip();
		if (fields.hasMoreElements()) {
			return null;
		}
		return switch (coding.toLowerCase(Locale.ROOT)) {
			case "", "identity" -> ContentCoding.IDENTITY;
			case "gzip", "x-gzip" -> ContentCoding.GZIP;
			case "deflate" -> ContentCoding.DEFLATE;
			case "zstd" -> ContentCoding.ZSTD;
			default -> null;
		};
	}

}
