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

package dev.ferrule.engine.jna;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.library.NativeLibraryOptions;
import org.slf4j.LoggerFactory;

/**
 * A real engine and what it logs. As a program it runs two engines and prints nothing.
 */
public final class LoggedEngine extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private static final String CONFIGURATION = """
			{"cores": 1, "logLevel": "%s", "spec": {"version": "otel_dataflow/v1",
			"groups": {"default": {"pipelines": {"main": {
			"nodes": {"host": {"type": "urn:ferrule:receiver:host", "config": {}},
			"exporter": {"type": "urn:ferrule:exporter:log", "config": {}}},
			"connections": [{"from": "host", "to": "exporter"}]}}}}}}""";

	final Logger logger = (Logger) LoggerFactory.getLogger(LogRelay.PREFIX);

	final List<String> lines = new CopyOnWriteArrayList<>();

	final NativeEngine engine;

	LoggedEngine(Level level) {
		this.logger.setLevel(level);
		this.logger.setAdditive(false);
		start();
		this.logger.addAppender(this);
		String library = System.getProperty("ferrule.native.path");
		NativeEngineOptions options = NativeEngineOptions.builder()
			.library(new NativeLibraryOptions((library != null) ? Path.of(library) : null, null))
			.build();
		this.engine = NativeEngine.start(CONFIGURATION.formatted(level.toString().toLowerCase(Locale.ROOT)), options);
	}

	void submit() {
		this.engine
			.submit(TelemetryPayload.of(Signal.TRACES, new byte[] { 10, 4, 18, 2, 18, 0 }), CallContext.background())
			.join();
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage());
	}

	@Override
	public void close() {
		this.engine.close();
		this.logger.detachAppender(this);
		this.logger.setAdditive(true);
		this.logger.setLevel(null);
	}

	public static void main(String... arguments) {
		((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
		try (LoggedEngine first = new LoggedEngine(Level.DEBUG)) {
			first.submit();
			try (LoggedEngine second = new LoggedEngine(Level.DEBUG)) {
				second.submit();
			}
			if (first.lines.isEmpty()) {
				throw new IllegalStateException("The engine logged nothing");
			}
		}
	}

}
