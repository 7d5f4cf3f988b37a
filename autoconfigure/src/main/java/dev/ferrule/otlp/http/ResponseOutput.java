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

import java.io.IOException;

import dev.ferrule.SafeLog;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Output of a response that never waits for its client: whoever has an answer writes what
 * the container takes at once, and the container calls for the rest. To be used by one
 * thread at a time.
 */
final class ResponseOutput {

	private static final SafeLog log = SafeLog.limited(ResponseOutput.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ResponseWriter answers;

	private final ServletOutputStream stream;

	private @Nullable EncodedResponse answer;

	private @Nullable Runnable afterwards;

	private boolean listening;

	private boolean written;

	private boolean flushed;

	ResponseOutput(HttpServletRequest request, HttpServletResponse response, ResponseWriter answers)
			throws IOException {
		this.request = request;
		this.response = response;
		this.answers = answers;
		this.stream = response.getOutputStream();
	}

	/**
	 * Has the container call when it can take more, unless a filter gave a response that
	 * cannot do that, whose answers are written in one go. To be called by the container.
	 * @param listener called by the container
	 */
	void listen(WriteListener listener) {
		try {
			this.stream.setWriteListener(listener);
			this.listening = true;
		}
		catch (RuntimeException ex) {
			log.debug("The response cannot be written without blocking", ex);
		}
	}

	private boolean isReady() {
		return !this.listening || this.stream.isReady();
	}

	void set(EncodedResponse answer, Runnable afterwards) {
		this.answer = answer;
		this.afterwards = afterwards;
	}

	/**
	 * Returns whether there is an answer that is not on its way as a whole.
	 * @return whether the client keeps the answer waiting
	 */
	boolean isPending() {
		return this.afterwards != null;
	}

	/**
	 * Writes what can be written now.
	 * @return what to do next, or {@code null} while something is left
	 * @throws IOException if the client is gone
	 */
	@Nullable Runnable advance() throws IOException {
		EncodedResponse answer = this.answer;
		if (answer == null || !isReady()) {
			return null;
		}
		if (!this.written) {
			this.written = true;
			this.answers.write(this.request, this.response, answer);
		}
		if (!this.flushed) {
			if (!isReady()) {
				return null;
			}
			this.flushed = true;
			this.stream.flush();
		}
		return isReady() ? end() : null;
	}

	private @Nullable Runnable end() {
		Runnable next = this.afterwards;
		this.answer = null;
		this.afterwards = null;
		return next;
	}

}
