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

/**
 * Settings for what is captured of the headers of a request. Immutable. What exceeds a
 * limit is dropped and counted, the request goes on.
 *
 * @param capture whether headers are captured at all
 * @param maximumEntries header values, 0 or more
 * @param maximumNameBytes length of one name, 0 or more
 * @param maximumValueBytes length of one value, decoded, 0 or more
 * @param maximumTotalBytes length of all names and values together, 0 or more
 */
public record MetadataSettings(boolean capture, int maximumEntries, int maximumNameBytes, int maximumValueBytes,
		int maximumTotalBytes) {

	/**
	 * Validates.
	 * @throws IllegalArgumentException if a limit is negative
	 */
	public MetadataSettings {
		if (maximumEntries < 0 || maximumNameBytes < 0 || maximumValueBytes < 0 || maximumTotalBytes < 0) {
			throw new IllegalArgumentException("A limit must not be negative");
		}
	}

	/**
	 * Returns the limits that hold unless configured otherwise: 32 values, 128 bytes per
	 * name, 4096 bytes per value, 16384 bytes in all.
	 * @param capture whether headers are captured at all
	 * @return the settings
	 */
	public static MetadataSettings standard(boolean capture) {
		return new MetadataSettings(capture, 32, 128, 4096, 16_384);
	}

}
