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

import org.jspecify.annotations.Nullable;

/**
 * Carrier of what a request brought with it, whatever transport it came by. Valid while
 * the request is served; safe to be read by one thread at a time.
 */
public interface RequestCarrier {

	/**
	 * Returns how the request came.
	 * @return the transport
	 */
	Transport transport();

	/**
	 * Returns when the headers were complete, which is when deadlines begin to run.
	 * @return a reading of {@link System#nanoTime()}
	 */
	long arrivalNanoTime();

	/**
	 * Returns the deadline that the transport itself found and enforces.
	 * @return gRPC's own deadline, or {@code null} if there is none
	 */
	default @Nullable Deadline transportDeadline() {
		return null;
	}

	/**
	 * Passes each header value, in the order of arrival. Names are as they came,
	 * characters of text values are bytes: 0 to 255, or anything the transport made of
	 * what it could not read.
	 * @param visitor called for each value
	 */
	void forEachHeader(HeaderVisitor visitor);

	/**
	 * Takes header values.
	 */
	interface HeaderVisitor {

		/**
		 * Takes a value as it stands in the header.
		 * @param name name of the header
		 * @param value one value
		 */
		void text(String name, String value);

		/**
		 * Takes a value that the transport has decoded from base64.
		 * @param name name of the header, which ends in {@code -bin}
		 * @param value decoded bytes, not to be modified
		 */
		void binary(String name, byte[] value);

	}

	/**
	 * Transports that bring requests.
	 */
	enum Transport {

		/** HTTP of any version, except gRPC. */
		HTTP,

		/** gRPC. */
		GRPC

	}

}
