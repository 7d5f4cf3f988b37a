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

package dev.ferrule.engine.jna.call;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.ferrule.SafeLog;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.abi.RecordCursor;
import org.jspecify.annotations.Nullable;

/**
 * Task of the poll thread: fetches records until the engine has stopped and delivered
 * everything. The only code that waits in the engine. Survives any exception, because
 * nothing else ends calls.
 */
public final class PollLoop implements Runnable {

	/** Result of a poll: the engine has stopped and all records were fetched. */
	public static final int STOPPED = -1;

	/** Result of a poll: the handle is not valid any more. */
	public static final int STALE_HANDLE = -2;

	/** Result of a poll: the next record does not fit the buffer. */
	public static final int TOO_SMALL = -3;

	private static final int CAPACITY = 256 * 1024;

	private static final int MAXIMUM_CAPACITY = 64 * 1024 * 1024;

	private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final NativeApi api;

	private final long engine;

	private final RecordDispatcher dispatcher;

	private final CallStatistics statistics;

	private final Runnable onEnd;

	private final SafeLog log = SafeLog.limited(PollLoop.class);

	private ByteBuffer buffer;

	private long address;

	private RecordCursor record;

	/**
	 * Creates the loop.
	 * @param api native interface
	 * @param engine engine handle
	 * @param dispatcher receives the records
	 * @param statistics counts failures
	 * @param onEnd called when the engine delivers nothing any more
	 */
	public PollLoop(NativeApi api, long engine, RecordDispatcher dispatcher, CallStatistics statistics,
			Runnable onEnd) {
		this.api = api;
		this.engine = engine;
		this.dispatcher = dispatcher;
		this.statistics = statistics;
		this.onEnd = onEnd;
		this.buffer = allocate(CAPACITY);
		this.address = api.addressOf(this.buffer);
		this.record = new RecordCursor(this.buffer);
	}

	@Override
	public void run() {
		try {
			boolean more = true;
			while (more) {
				try {
					more = pollOnce();
				}
				catch (Throwable ex) {
					failed("Polling the engine failed", ex);
				}
			}
		}
		finally {
			this.onEnd.run();
		}
	}

	private boolean pollOnce() {
		int written = this.api.enginePoll(this.engine, this.address, this.buffer.capacity(), TIMEOUT_NANOS);
		switch (written) {
			case STOPPED, STALE_HANDLE -> {
				return false;
			}
			case TOO_SMALL -> grow();
			default -> {
				if (written < 0 || written > this.buffer.capacity()) {
					failed("Polling the engine returned " + written, null);
				}
				else {
					this.dispatcher.dispatch(this.record, written);
				}
			}
		}
		return true;
	}

	private void grow() {
		if (this.buffer.capacity() >= MAXIMUM_CAPACITY) {
			failed("The engine has a record of more than " + MAXIMUM_CAPACITY + " bytes", null);
			return;
		}
		this.buffer = allocate(this.buffer.capacity() * 2);
		this.address = this.api.addressOf(this.buffer);
		this.record = new RecordCursor(this.buffer);
	}

	private void failed(String message, @Nullable Throwable ex) {
		this.statistics.pollError();
		this.log.error(message, ex);
		LockSupport.parkNanos(PAUSE_NANOS);
	}

	private static ByteBuffer allocate(int capacity) {
		return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
	}

}
