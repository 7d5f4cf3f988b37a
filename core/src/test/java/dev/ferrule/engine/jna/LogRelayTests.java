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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.engine.jna.abi.Records;
import dev.ferrule.engine.jna.call.CallStatistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LogRelayTests {

	private final Logger root = (Logger) LoggerFactory.getLogger(LogRelay.PREFIX);

	private final RecordingAppender appender = new RecordingAppender();

	private final CallStatistics statistics = new CallStatistics();

	private final AtomicInteger seconds = new AtomicInteger();

	private final LogRelay relay = new LogRelay(this.statistics, this.seconds::incrementAndGet);

	private final Thread thread = EngineThreadFactory.create("test-log", this.relay);

	@BeforeEach
	void record() {
		this.root.setLevel(Level.INFO);
		this.root.setAdditive(false);
		this.appender.start();
		this.root.addAppender(this.appender);
	}

	@AfterEach
	void close() {
		this.appender.go.countDown();
		this.relay.close();
		this.root.detachAppender(this.appender);
		this.root.setAdditive(true);
		this.root.setLevel(null);
	}

	@Test
	void lineIsWrittenThroughTheLoggerOfItsTarget() {
		this.thread.start();
		this.relay.log(4, "ferrule_pipeline::host", "lane is full");
		await().untilAsserted(() -> assertThat(this.appender.lines)
			.containsExactly("WARN dev.ferrule.native.ferrule_pipeline.host lane is full"));
	}

	@Test
	void secondsPassWithAndWithoutLines() {
		this.thread.start();
		await().untilAsserted(() -> assertThat(this.seconds).hasValueGreaterThanOrEqualTo(2));
	}

	@Test
	void levelOfTheLoggerIsPassedOnWhenItChanges() {
		try (EngineFixture fixture = new EngineFixture()) {
			await().untilAsserted(() -> assertThat(fixture.api.logLevels).containsExactly(3));
			fixture.api.logLevelResult = 1;
			this.root.setLevel(Level.TRACE);
			await().untilAsserted(() -> assertThat(fixture.api.logLevels).startsWith(3, 11, 11));
			fixture.api.logLevelResult = 0;
			this.root.setLevel(Level.OFF);
			await().untilAsserted(() -> assertThat(fixture.api.logLevels).endsWith(0));
		}
	}

	@Test
	void linesOfTheEngineComeThroughThePoll() {
		try (EngineFixture fixture = new EngineFixture()) {
			fixture.api.deliver(Records.log(5, "ferrule", "first"), Records.log(2, "ferrule", "below the level"),
					Records.log(3, "", "{} stays as it is"));
			await().untilAsserted(() -> assertThat(this.appender.lines).containsExactly(
					"ERROR dev.ferrule.native.ferrule first", "INFO dev.ferrule.native {} stays as it is"));
		}
	}

	@Test
	void slowAppenderDropsAndCountsInsteadOfBlocking() {
		this.appender.blocked = true;
		this.thread.start();
		for (int i = 0; i < 3000; i++) {
			this.relay.log(3, "t", "line");
		}
		assertThat(this.statistics.counters(0, 0).droppedLogLines()).isBetween(1974L, 1976L);
		this.appender.go.countDown();
		await().untilAsserted(() -> assertThat(this.appender.lines).hasSizeBetween(1024, 1026));
	}

	@Test
	void closingWritesWhatIsLeftAndEndsTheThread() {
		for (int i = 0; i < 100; i++) {
			this.relay.log(3, "t", "line");
		}
		this.relay.close();
		this.thread.start();
		await().until(() -> !this.thread.isAlive());
		assertThat(this.appender.lines).hasSize(100);
	}

	@ParameterizedTest
	@CsvSource({ "ferrule_pipeline::host, dev.ferrule.native.ferrule_pipeline.host",
			"otel_arrow_dfe::x-y, dev.ferrule.native.otel_arrow_dfe.x-y", "'', dev.ferrule.native",
			"dev.ferrule.engine, dev.ferrule.engine", "dev.ferruleX, dev.ferrule.native.dev.ferruleX",
			"'a b\u00e9/\n', dev.ferrule.native.a_b___" })
	void loggerNamesAreCleanAndBelowOurPrefix(String target, String name) {
		assertThat(LogRelay.loggerName(target)).isEqualTo(name);
	}

	@Test
	void loggerNamesAreBounded() {
		assertThat(LogRelay.loggerName("a".repeat(10_000))).hasSizeLessThan(200);
	}

	@ParameterizedTest
	@CsvSource({ "1, TRACE", "2, DEBUG", "3, INFO", "4, WARN", "5, ERROR", "0, INFO", "200, INFO" })
	void levelsAreMapped(int level, String name) {
		assertThat(LogRelay.level(level)).hasToString(name);
	}

	private static final class RecordingAppender extends AppenderBase<ILoggingEvent> {

		private final List<String> lines = new CopyOnWriteArrayList<>();

		private final CountDownLatch go = new CountDownLatch(1);

		private volatile boolean blocked;

		@Override
		protected void append(ILoggingEvent event) {
			if (this.blocked) {
				try {
					this.go.await(10, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
			this.lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage());
		}

	}

}
