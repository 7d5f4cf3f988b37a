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

package dev.ferrule.observability;

import java.util.function.Supplier;

import dev.ferrule.context.CallContext;
import dev.ferrule.context.CurrentCallContext;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Thread-local accessor of the current call context: carries it across threads and
 * through Reactor's context, where Micrometer's context propagation is there. Found as a
 * service, not to be created.
 */
public final class CallContextThreadLocalAccessor implements ThreadLocalAccessor<Supplier<CallContext>> {

	@Override
	public Object key() {
		return CurrentCallContext.KEY;
	}

	@Override
	public @Nullable Supplier<CallContext> getValue() {
		return CurrentCallContext.supplier();
	}

	@Override
	public void setValue(Supplier<CallContext> value) {
		CurrentCallContext.set(value);
	}

	@Override
	public void setValue() {
		CurrentCallContext.set(null);
	}

}
