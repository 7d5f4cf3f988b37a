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

package dev.ferrule.testsupport;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What the parking node for tests says of the calls it holds. To be created after the
 * application, whose start resets the logging.
 */
public final class ParkedCalls implements AutoCloseable {

	private static final Pattern FIELD = Pattern.compile("(\\S+?)=(\\S*)");

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.ferrule.native.testing.park");

	private final LinkedBlockingQueue<Map<String, String>> parked = new LinkedBlockingQueue<>();

	private final LinkedBlockingQueue<Map<String, String>> finished = new LinkedBlockingQueue<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			take(event.getFormattedMessage());
		}

	};

	/**
	 * Listens from now on, instead of the console.
	 */
	public ParkedCalls() {
		this.logger.setLevel(Level.INFO);
		this.logger.setAdditive(false);
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	private void take(String message) {
		Map<String, String> fields = new LinkedHashMap<>();
		Matcher matcher = FIELD.matcher(message);
		while (matcher.find()) {
			fields.put(matcher.group(1), matcher.group(2));
		}
		(message.startsWith("parked ") ? this.parked : this.finished).add(fields);
	}

	/**
	 * Waits until a call is parked.
	 * @return its fields
	 */
	public Map<String, String> awaitParked() {
		return await(this.parked);
	}

	/**
	 * Waits until a call is let go.
	 * @return its fields
	 */
	public Map<String, String> awaitFinished() {
		return await(this.finished);
	}

	private static Map<String, String> await(LinkedBlockingQueue<Map<String, String>> calls) {
		try {
			Map<String, String> call = calls.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			if (call == null) {
				throw new AssertionError("No call within " + PATIENCE);
			}
			return call;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

}
