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

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Timer that ends calls while the servers can still answer them: some time after the
 * context began to close, and before it stops waiting for the servers, whatever is in
 * flight is cancelled.
 */
final class ShutdownTimer implements ApplicationListener<ContextClosedEvent>, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ShutdownTimer.class);

	private final ApplicationContext context;

	private final Duration delay;

	private final LongSupplier inFlight;

	private final Runnable cancel;

	private volatile CountDownLatch armed = new CountDownLatch(0);

	/**
	 * Creates the timer.
	 * @param context context whose close starts the timer
	 * @param delay time that calls in flight have
	 * @param inFlight number of calls in flight
	 * @param cancel lets no more calls enter and cancels those in flight
	 */
	ShutdownTimer(ApplicationContext context, Duration delay, LongSupplier inFlight, Runnable cancel) {
		this.context = context;
		this.delay = delay;
		this.inFlight = inFlight;
		this.cancel = cancel;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// Child contexts, such as that of the management server, publish here too
		if (event.getApplicationContext() != this.context) {
			return;
		}
		CountDownLatch disarmed = new CountDownLatch(1);
		this.armed = disarmed;
		Thread thread = new Thread(() -> await(disarmed), "ferrule-shutdown");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Leaves the calls alone from now on: the servers are closed.
	 */
	void disarm() {
		this.armed.countDown();
	}

	/**
	 * Ends the thread where the context was closed that had been stopped before.
	 */
	@Override
	public void destroy() {
		disarm();
	}

	private void await(CountDownLatch disarmed) {
		try {
			if (disarmed.await(this.delay.toNanos(), TimeUnit.NANOSECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			// Nobody interrupts this thread but to have it done
			Thread.currentThread().interrupt();
		}
		long calls = this.inFlight.getAsLong();
		if (calls > 0) {
			logger.warn("Cancelling " + calls + " calls that did not end within " + this.delay.toMillis()
					+ " ms of the shutdown");
		}
		// Also where none is in flight: those that come now would not end in time
		this.cancel.run();
	}

}
