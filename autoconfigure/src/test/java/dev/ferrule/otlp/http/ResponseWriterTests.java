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

package dev.ferrule.otlp.http;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import dev.ferrule.otlp.OtlpEncoding;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResponseWriter}.
 */
class ResponseWriterTests {

	@Test
	void failureIsFoundInAllWrappers() {
		TelemetryEngineException shutdown = TelemetryEngineException
			.of(Failure.cancelled(CancellationCause.SHUTDOWN, "stopping"));
		ErrorTranslator translator = (error) -> {
			assertThat(error).isSameAs(shutdown);
			return ErrorTranslator.create().translate(error);
		};
		EncodedResponse answer = new ResponseWriter(translator).failure(OtlpEncoding.PROTOBUF,
				new CompletionException(new ExecutionException(shutdown)));
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.close()).isTrue();
	}

}
