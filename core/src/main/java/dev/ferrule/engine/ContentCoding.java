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

package dev.ferrule.engine;

/**
 * Compression of a payload, a content coding of HTTP.
 */
public enum ContentCoding {

	/** Not compressed. */
	IDENTITY(0),

	/** gzip, RFC 1952. */
	GZIP(1),

	/** zlib, RFC 1950 ({@code deflate} in HTTP). */
	DEFLATE(2),

	/** Zstandard, RFC 8878. */
	ZSTD(3);

	private final int code;

	ContentCoding(int code) {
		this.code = code;
	}

	/**
	 * Returns the number that crosses to the engine.
	 * @return the number, 0 to 3
	 */
	public int code() {
		return this.code;
	}

}
