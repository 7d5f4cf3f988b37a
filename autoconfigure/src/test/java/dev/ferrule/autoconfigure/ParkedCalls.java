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

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the parking node for tests says of the calls that it parks.
 */
final class ParkedCalls implements AutoCloseable {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.ferrule.native.testing.park");

	private final BlockingQueue<String> parked = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> finished = new LinkedBlockingQueue<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			String line = event.getFormattedMessage();
			(line.startsWith("parked ") ? ParkedCalls.this.parked : ParkedCalls.this.finished).add(line);
		}

	};

	ParkedCalls() {
		this.appender.setContext(LOGGER.getLoggerContext());
		this.appender.start();
		LOGGER.setLevel(Level.INFO);
		LOGGER.addAppender(this.appender);
	}

	/**
	 * Waits for the next call that is parked.
	 * @return its properties, as the node names them
	 */
	Map<String, String> nextParked() {
		return properties(this.parked);
	}

	/**
	 * Waits for the next call that ends.
	 * @return its properties, as the node names them
	 */
	Map<String, String> nextFinished() {
		return properties(this.finished);
	}

	private static Map<String, String> properties(BlockingQueue<String> lines) {
		String line;
		try {
			line = lines.poll(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		assertThat(line).as("line of the node").isNotNull();
		return Stream.of(line.split(" "))
			.filter((word) -> word.indexOf('=') > 0)
			.collect(Collectors.toMap((word) -> word.substring(0, word.indexOf('=')),
					(word) -> word.substring(word.indexOf('=') + 1), (first, second) -> first));
	}

	@Override
	public void close() {
		LOGGER.detachAppender(this.appender);
		this.appender.stop();
	}

}
