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

package dev.ferrule.error;

import java.time.Duration;

/**
 * Strategy that decides what a failure becomes on the wire; renderers turn the neutral
 * result into HTTP and gRPC answers. Implementations are thread-safe and do not throw.
 */
public interface ErrorTranslator {

	/**
	 * Translates any throwable; wrapping {@code CompletionException}s are looked through.
	 * @param error what a call ended with
	 * @return the neutral answer
	 */
	TranslatedError translate(Throwable error);

	/**
	 * Returns the translator that Ferrule uses by default. The kind of a failure decides:
	 * clients retry if and only if it is not permanent, whatever the protocol. Throwables
	 * that are no {@link TelemetryEngineException} become INTERNAL and 500 without their
	 * message.
	 * @return the translator
	 */
	static ErrorTranslator create() {
		return create(DefaultErrorTranslator.DEFAULT_THROTTLE_DELAY);
	}

	/**
	 * Returns the translator that Ferrule uses by default.
	 * @param throttleDelay delay for clients that are throttled while nobody knows for
	 * how long, more than zero; 1 second by default
	 * @return the translator
	 */
	static ErrorTranslator create(Duration throttleDelay) {
		return new DefaultErrorTranslator(throttleDelay);
	}

}
