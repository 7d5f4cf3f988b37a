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

package dev.ferrule.web.servlet;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;

import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers requests when a test says so, and listens to their cancellation meanwhile.
 */
@RestController
public class HeldRequests {

	private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

	private final Map<String, CompletableFuture<CancellationCause>> cancellations = new ConcurrentHashMap<>();

	private final Map<String, CompletableFuture<Void>> arrivals = new ConcurrentHashMap<>();

	@RequestMapping("/held")
	CompletableFuture<String> held(@RequestParam String id, @RequestBody(required = false) byte[] body,
			CallContext context) {
		CompletableFuture<String> answer = answer(id);
		context.cancellation().onCancel((cause) -> {
			cancellation(id).complete(cause);
			answer.cancel(false);
		});
		arrival(id).complete(null);
		return answer;
	}

	@RequestMapping("/blocked")
	String blocked(@RequestParam String id, @RequestBody(required = false) byte[] body, CallContext context) {
		return held(id, body, context).join();
	}

	@RequestMapping("/fast")
	String fast(@RequestParam String id) {
		return id;
	}

	/**
	 * Answers a request, which may come later.
	 * @param id id of the request, which is the answer
	 */
	public void release(String id) {
		answer(id).complete(id);
	}

	/**
	 * Returns the arrival of a request.
	 * @param id id of the request
	 * @return completes when the request listens to its cancellation
	 */
	public CompletableFuture<Void> arrival(String id) {
		return this.arrivals.computeIfAbsent(id, (key) -> new CompletableFuture<>());
	}

	/**
	 * Returns the cancellation of a request.
	 * @param id id of the request
	 * @return completes when the request is cancelled
	 */
	public CompletableFuture<CancellationCause> cancellation(String id) {
		return this.cancellations.computeIfAbsent(id, (key) -> new CompletableFuture<>());
	}

	private CompletableFuture<String> answer(String id) {
		return this.answers.computeIfAbsent(id, (key) -> new CompletableFuture<>());
	}

}
