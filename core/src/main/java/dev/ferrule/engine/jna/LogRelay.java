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

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.engine.jna.call.CallStatistics;
import dev.ferrule.engine.jna.call.RecordDispatcher.LogSink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Relay of log lines of the engine to SLF4J, on a thread of its own, because an appender
 * may block and the poll thread must not. Lines that come too fast are dropped and
 * counted.
 */
final class LogRelay implements LogSink, Runnable, AutoCloseable {

	/** Loggers of the engine are named below this one. */
	static final String PREFIX = "dev.ferrule.native";

	private static final String OWN_PREFIX = "dev.ferrule.";

	private static final int CAPACITY = 1024;

	private static final int MAXIMUM_LOGGERS = 512;

	private static final int MAXIMUM_NAME_LENGTH = 128;

	private static final long WAIT_MILLIS = 500;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private static final Line END = new Line(LoggerFactory.getLogger(PREFIX), Level.TRACE, "");

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(CAPACITY);

	private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

	private final CallStatistics statistics;

	private final Runnable everySecond;

	private long nextSecond = System.nanoTime();

	private @Nullable Thread thread;

	private volatile boolean closed;

	/**
	 * Creates the relay.
	 * @param statistics counts what is dropped
	 * @param everySecond called at the start and about once a second, on the thread of
	 * this relay
	 */
	LogRelay(CallStatistics statistics, Runnable everySecond) {
		this.statistics = statistics;
		this.everySecond = everySecond;
	}

	/**
	 * Starts the thread.
	 * @param namePrefix beginning of its name
	 */
	void start(String namePrefix) {
		this.thread = EngineThreadFactory.create(namePrefix + "-log", this);
		this.thread.start();
	}

	@Override
	public void log(int level, @Nullable String target, @Nullable String message) {
		boolean kept;
		try {
			kept = message == null || keep(logger(target), level(level), message);
		}
		catch (Throwable ex) {
			// A filter of the application must not reach the poll thread
			kept = false;
		}
		if (!kept) {
			this.statistics.droppedLogLine();
		}
	}

	private boolean keep(Logger logger, Level level, String message) {
		return !logger.isEnabledForLevel(level) || this.lines.offer(new Line(logger, level, message));
	}

	@Override
	public void run() {
		while (!this.closed || !this.lines.isEmpty()) {
			try {
				passSecond();
				Line line = this.lines.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
				if (line != null && line != END) {
					line.logger().atLevel(line.level()).log(line.message());
				}
			}
			catch (InterruptedException ex) {
				this.closed = true;
			}
			catch (Throwable ex) {
				this.statistics.droppedLogLine();
			}
		}
	}

	private void passSecond() {
		long now = System.nanoTime();
		if (now - this.nextSecond >= 0 && !this.closed) {
			this.nextSecond = now + INTERVAL_NANOS;
			this.everySecond.run();
		}
	}

	/**
	 * Ends the thread once it wrote what is left, and waits for it for a moment.
	 */
	@Override
	public void close() {
		this.closed = true;
		// Wakes the thread; without room it is awake
		this.lines.offer(END);
		if (this.thread != null) {
			EngineThreadFactory.join(this.thread, CLOSE_TIMEOUT);
		}
	}

	private Logger logger(@Nullable String target) {
		String key = (target != null) ? target : "";
		Logger logger = this.loggers.get(key);
		if (logger != null) {
			return logger;
		}
		if (this.loggers.size() >= MAXIMUM_LOGGERS) {
			return LoggerFactory.getLogger(PREFIX);
		}
		return this.loggers.computeIfAbsent(key, (name) -> LoggerFactory.getLogger(loggerName(name)));
	}

	/**
	 * Returns the name of the logger of a target: below our prefix, so that one level
	 * rules all, and nothing but letters, digits, dots, underscores and dashes.
	 * @param target module path in the engine, such as {@code ferrule_pipeline::host}
	 * @return a logger name
	 */
	static String loggerName(String target) {
		StringBuilder name = new StringBuilder(target.length());
		String path = target.replace("::", ".");
		for (int i = 0; i < path.length() && i < MAXIMUM_NAME_LENGTH; i++) {
			char character = path.charAt(i);
			boolean plain = character < 0x80 && (Character.isLetterOrDigit(character) || character == '.'
					|| character == '_' || character == '-');
			name.append(plain ? character : '_');
		}
		if (name.isEmpty()) {
			return PREFIX;
		}
		return (name.indexOf(OWN_PREFIX) == 0) ? name.toString() : PREFIX + "." + name;
	}

	static Level level(int level) {
		return switch (level) {
			case 1 -> Level.TRACE;
			case 2 -> Level.DEBUG;
			case 4 -> Level.WARN;
			case 5 -> Level.ERROR;
			default -> Level.INFO;
		};
	}

	private record Line(Logger logger, Level level, String message) {

	}

}
