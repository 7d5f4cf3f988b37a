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

package dev.ferrule.autoconfigure;

import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.jna.NativeEngine;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Registration of all listeners with the engine once all singletons exist. Not when the
 * engine is created: a listener may need a meter registry, which may need an exporter,
 * which may need the engine.
 *
 * @param engine the engine
 * @param listeners beans of the application and of ours
 */
record CallListenerRegistration(NativeEngine engine,
		ObjectProvider<TelemetryCallListener> listeners) implements SmartInitializingSingleton {

	@Override
	public void afterSingletonsInstantiated() {
		this.engine.setCallListeners(this.listeners.orderedStream().toList());
	}

}
