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

package dev.ferrule.web;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Fails in all the ways in which controllers on servlets and on WebFlux can.
 */
@RestController
public class FailingController {

	@GetMapping(path = "/throw", produces = { "application/json", "text/csv" })
	String doThrow(@RequestParam String failure) {
		throw failure(failure);
	}

	@GetMapping("/future")
	CompletableFuture<String> future(@RequestParam String failure) {
		return CompletableFuture.supplyAsync(() -> {
			throw failure(failure);
		}).thenApply(String::valueOf);
	}

	@GetMapping("/mono")
	Mono<String> mono(@RequestParam String failure) {
		return Mono.error(() -> failure(failure));
	}

	@GetMapping("/flux")
	Flux<String> flux(@RequestParam String failure) {
		return Flux.error(() -> failure(failure));
	}

	@GetMapping("/wrapped")
	String wrapped(@RequestParam String failure) throws Exception {
		throw new ExecutionException(new CompletionException(failure(failure)));
	}

	@GetMapping("/conflict")
	String conflict(@RequestParam String failure) {
		throw new ConflictException(failure(failure));
	}

	@GetMapping("/conflict-mono")
	Mono<String> conflictMono(@RequestParam String failure) {
		return Mono.error(() -> new ConflictException(failure(failure)));
	}

	/** The second element comes when the first one is under way. */
	@GetMapping(path = "/committed", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> committed(@RequestParam String failure) {
		return Flux.just("first")
			.concatWith(
					Mono.<String>error(() -> failure(failure)).delaySubscription(Mono.delay(Duration.ofMillis(50))));
	}

	@GetMapping("/fine")
	String fine() {
		return "fine";
	}

	/**
	 * Makes a failure of its description.
	 * @param description kind, or cause of a cancelled call, and, if need be,
	 * {@code :code:delayMillis}
	 * @return the failure
	 */
	public static TelemetryEngineException failure(String description) {
		String[] parts = description.split(":");
		CancellationCause cause = cause(parts[0]);
		Failure failure = (cause != null) ? Failure.cancelled(cause, "message")
				: Failure.of(ErrorKind.valueOf(parts[0]), "message");
		if (parts.length == 3) {
			failure = failure.withGrpcCode(Integer.parseInt(parts[1]))
				.withRetryDelay(Duration.ofMillis(Long.parseLong(parts[2])));
		}
		return TelemetryEngineException.of(failure);
	}

	private static @Nullable CancellationCause cause(String name) {
		for (CancellationCause cause : CancellationCause.values()) {
			if (cause.name().equals(name)) {
				return cause;
			}
		}
		return null;
	}

	@ResponseStatus(HttpStatus.CONFLICT)
	static class ConflictException extends RuntimeException {

		ConflictException(Throwable cause) {
			super(cause);
		}

	}

}
