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

package dev.ferrule.web.tomcat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.ferrule.cancellation.CancellationCause;
import org.slf4j.LoggerFactory;

/**
 * What the parking node of the engine tells of its calls.
 */
final class ParkedCalls implements AutoCloseable {

	private static final Pattern FINISHED = Pattern.compile("finished call=(\\d+) cause=(\\w+) at=(\\d+)");

	private static final int TIMEOUT_SECONDS = 20;

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.ferrule.native.testing.park");

	private final BlockingQueue<String> parked = new LinkedBlockingQueue<>();

	private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			ParkedCalls.this.read(event.getFormattedMessage());
		}

	};

	ParkedCalls() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	private void read(String line) {
		Matcher matcher = FINISHED.matcher(line);
		if (matcher.find()) {
			this.finished
				.add(new Finished(CancellationCause.valueOf(matcher.group(2)), Long.parseLong(matcher.group(3))));
		}
		else {
			this.parked.add(line);
		}
	}

	/**
	 * Waits for a call to be parked.
	 * @return what the node saw of it
	 * @throws InterruptedException if interrupted
	 */
	String awaitParked() throws InterruptedException {
		return next(this.parked);
	}

	Finished awaitFinished() throws InterruptedException {
		return next(this.finished);
	}

	private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
		T next = queue.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		if (next == null) {
			throw new AssertionError("The node told nothing");
		}
		return next;
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

	/**
	 * End of a call in the engine.
	 *
	 * @param cause why
	 * @param epochNanos when, since 1970
	 */
	record Finished(CancellationCause cause, long epochNanos) {
	}

}
