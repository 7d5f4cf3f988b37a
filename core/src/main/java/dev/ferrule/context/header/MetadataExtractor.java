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

import java.util.Objects;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.ContextExtractor;
import dev.ferrule.context.ContextStatistics;
import dev.ferrule.context.HeaderNames;
import dev.ferrule.context.MetadataDrop;
import dev.ferrule.context.RequestCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Context extractor of the headers of a request, except for those that concern the
 * connection, the framing or gRPC itself. Immutable and thread-safe.
 */
public final class MetadataExtractor implements ContextExtractor {

	private final MetadataSettings settings;

	private final DropListener drops;

	/**
	 * Creates an extractor.
	 * @param settings what is captured
	 * @param statistics counts what is dropped
	 */
	public MetadataExtractor(MetadataSettings settings, ContextStatistics statistics) {
		this(settings, (name, reason) -> statistics.dropped(reason));
		Objects.requireNonNull(statistics, "'statistics' must not be null");
	}

	MetadataExtractor(MetadataSettings settings, DropListener drops) {
		this.settings = Objects.requireNonNull(settings, "'settings' must not be null");
		this.drops = drops;
	}

	@Override
	public void extract(RequestCarrier request, CallContext.Builder context) {
		if (!this.settings.capture()) {
			return;
		}
		MetadataCapture capture = new MetadataCapture(this.settings, request.transport(), connectionNames(request),
				this.drops);
		request.forEachHeader(capture);
		context.metadata(capture.metadata());
	}

	private static @Nullable String connectionNames(RequestCarrier request) {
		// HTTP/2, and so gRPC, knows no such header
		if (request.transport() != RequestCarrier.Transport.HTTP) {
			return null;
		}
		ConnectionNames names = new ConnectionNames();
		request.forEachHeader(names);
		return names.all;
	}

	/**
	 * Hears of what is dropped.
	 */
	@FunctionalInterface
	interface DropListener {

		/**
		 * Takes a drop.
		 * @param name name of the header as it came
		 * @param reason why it is dropped
		 */
		void dropped(String name, MetadataDrop reason);

	}

	/**
	 * Collects the names that {@code Connection} headers list, as a list of the same
	 * form.
	 */
	private static final class ConnectionNames implements RequestCarrier.HeaderVisitor {

		private @Nullable String all;

		@Override
		public void text(String name, String value) {
			if (HeaderNames.canonical(name).equals(HeaderNames.CONNECTION)) {
				String lowerCase = HeaderNames.lowerCase(value);
				this.all = (this.all != null) ? this.all + "," + lowerCase : lowerCase;
			}
		}

		@Override
		public void binary(String name, byte[] value) {
			// The header is text
		}

	}

}
