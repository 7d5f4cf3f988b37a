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

import java.util.function.Supplier;

import dev.ferrule.cancellation.CancellationSource;
import org.jspecify.annotations.Nullable;

/**
 * Call context of one request, built when it is asked for the first time, so that whoever
 * authenticates the request has run. Thread-safe.
 */
public final class RequestCallContext implements Supplier<CallContext> {

	private final CallContextFactory factory;

	/** Not held any longer than needed. Guarded by the monitor. */
	private @Nullable RequestCarrier carrier;

	/** Guarded by the monitor. */
	private boolean building;

	private final CancellationSource cancellation = new CancellationSource();

	private volatile @Nullable CallContext context;

	RequestCallContext(CallContextFactory factory, RequestCarrier carrier) {
		this.factory = factory;
		this.carrier = carrier;
	}

	/**
	 * Returns the context. If building it fails, it is tried anew the next time.
	 * @return the context, always the same
	 * @throws RuntimeException if the request is to be refused, as the error translator
	 * says
	 * @throws IllegalStateException if an extractor or a customizer asks for the context
	 * that it helps to build
	 */
	@Override
	public CallContext get() {
		CallContext present = this.context;
		return (present != null) ? present : build();
	}

	private synchronized CallContext build() {
		CallContext present = this.context;
		if (present != null) {
			return present;
		}
		if (this.building || this.carrier == null) {
			throw new IllegalStateException("The context of a request is needed to build it");
		}
		this.building = true;
		try {
			present = this.factory.create(this.carrier, this.cancellation);
			this.context = present;
			this.carrier = null;
			return present;
		}
		finally {
			this.building = false;
		}
	}

	/**
	 * Returns what cancels all that is done for the request.
	 * @return the source, always the same
	 */
	public CancellationSource cancellation() {
		return this.cancellation;
	}

}
