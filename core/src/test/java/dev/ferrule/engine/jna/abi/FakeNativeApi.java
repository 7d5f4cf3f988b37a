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

package dev.ferrule.engine.jna.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.engine.jna.call.PollLoop;
import dev.ferrule.error.ErrorKind;

/**
 * An engine that does what a test says, behind the native interface. Addresses are made
 * up, so nothing can touch memory that is not a buffer. Keeps all buffers reachable.
 */
public class FakeNativeApi implements NativeApi {

	public static final long ENGINE = 4711;

	private final NavigableMap<Long, ByteBuffer> memory = new ConcurrentSkipListMap<>();

	private final AtomicLong nextAddress = new AtomicLong(0x1000);

	private final BlockingQueue<byte[]> records = new LinkedBlockingQueue<>();

	public volatile List<Integer> phases = List.of();

	public final Set<Long> inFlight = ConcurrentHashMap.newKeySet();

	public final List<byte[]> frames = new CopyOnWriteArrayList<>();

	public final List<String> cancels = new CopyOnWriteArrayList<>();

	public final Map<Long, ByteBuffer> payloads = new ConcurrentHashMap<>();

	public final List<Integer> logLevels = new CopyOnWriteArrayList<>();

	public volatile int logLevelResult;

	public final AtomicInteger frees = new AtomicInteger();

	public final AtomicInteger stops = new AtomicInteger();

	private final AtomicLong nextPayload = new AtomicLong();

	/** What the next submissions are answered with. */
	public volatile long submitResult;

	/** What the next reservations are answered with, or 0 to grant them. */
	public volatile long reserveResult;

	/**
	 * Called with the call id while a submission is in the engine, after it was accepted.
	 */
	public volatile LongConsumer duringSubmit = (callId) -> {
	};

	/** Receives memory when it is reserved. */
	public volatile Consumer<ByteBuffer> reserveListener = (memory) -> {
	};

	/** Whether a stop gives outcomes to the calls in flight. */
	public volatile boolean forgetful;

	public volatile int abiVersion = FrameLayout.ABI_VERSION;

	public volatile String pipelines = "main";

	public volatile byte[] startFailure = new byte[0];

	public volatile String status = "{\"version\":\"1\"}";

	public volatile int pollResult = Integer.MIN_VALUE;

	public volatile RuntimeException pollFailure;

	private volatile boolean stopped;

	private volatile boolean freed;

	@Override
	public int abiVersion() {
		return this.abiVersion;
	}

	@Override
	public long engineStart(long configAddress, long configLength, long outAddress, long outCapacity) {
		if (this.startFailure.length > 0) {
			at(outAddress).put(0, this.startFailure);
			return 0;
		}
		byte[] names = this.pipelines.getBytes(StandardCharsets.UTF_8);
		at(outAddress).putInt(0, names.length).put(Integer.BYTES, names);
		return ENGINE;
	}

	@Override
	public int engineValidate(long configAddress, long configLength, long outAddress, long outCapacity) {
		at(outAddress).put(0, this.startFailure);
		return (this.startFailure.length > 0) ? 1 : 0;
	}

	@Override
	public int engineUpdateSecrets(long engine, long secretsAddress, long secretsLength, long outAddress,
			long outCapacity) {
		at(outAddress).put(0, this.startFailure);
		return (this.startFailure.length > 0) ? 1 : 0;
	}

	@Override
	public long payloadReserve(long engine, long length, long outAddress) {
		if (this.reserveResult != 0) {
			return this.reserveResult;
		}
		if (this.freed) {
			return -refusal(ErrorKind.RETRYABLE, RefusalCodes.STALE_HANDLE, 0);
		}
		ByteBuffer payload = ByteBuffer.allocateDirect((int) length);
		long handle = this.nextPayload.incrementAndGet();
		this.payloads.put(handle, payload);
		this.reserveListener.accept(payload);
		at(outAddress).putLong(0, addressOf(payload));
		return handle;
	}

	@Override
	public int payloadRelease(long engine, long payload) {
		return (this.payloads.remove(payload) != null) ? 0 : 1;
	}

	@Override
	public long engineSubmit(long engine, long frameAddress, long frameLength) {
		byte[] frame = new byte[(int) frameLength];
		at(frameAddress).get(0, frame);
		ByteBuffer fields = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
		this.payloads.remove(fields.getLong(FrameLayout.PAYLOAD_HANDLE_OFFSET));
		if (this.stopped) {
			return refusal(ErrorKind.RETRYABLE, RefusalCodes.STOPPING, 1000);
		}
		if (this.submitResult != 0) {
			return this.submitResult;
		}
		long callId = fields.getLong(FrameLayout.CALL_ID_OFFSET);
		this.frames.add(frame);
		this.inFlight.add(callId);
		this.duringSubmit.accept(callId);
		return 0;
	}

	@Override
	public int engineCancel(long engine, long callId, int cause) {
		this.cancels.add(callId + ":" + CancellationCause.fromCode(cause));
		if (!this.inFlight.remove(callId)) {
			return 1;
		}
		this.records.add(Records.cancelled(callId, cause));
		return 0;
	}

	@Override
	public int enginePoll(long engine, long outAddress, long outCapacity, long timeoutNanos) {
		RuntimeException failure = this.pollFailure;
		if (failure != null) {
			this.pollFailure = null;
			throw failure;
		}
		int result = this.pollResult;
		if (result != Integer.MIN_VALUE) {
			this.pollResult = Integer.MIN_VALUE;
			return result;
		}
		byte[] next = next(timeoutNanos);
		if (next == null) {
			return (this.stopped && this.records.isEmpty()) ? PollLoop.STOPPED : 0;
		}
		ByteBuffer out = at(outAddress);
		int written = 0;
		while (next != null) {
			out.put(written, next);
			written += next.length;
			next = (written < outCapacity / 2) ? this.records.poll() : null;
		}
		return written;
	}

	private byte[] next(long timeoutNanos) {
		try {
			return this.stopped ? this.records.poll()
					: this.records.poll(Math.min(timeoutNanos, 2_000_000), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			return null;
		}
	}

	@Override
	public int engineWake(long engine) {
		return 0;
	}

	@Override
	public int engineStatus(long engine, long outAddress, long outCapacity) {
		byte[] json = this.status.getBytes(StandardCharsets.UTF_8);
		if (this.freed) {
			return Integer.MIN_VALUE;
		}
		if (json.length > outCapacity) {
			return -json.length;
		}
		at(outAddress).put(0, json);
		return json.length;
	}

	@Override
	public int engineMetrics(long engine, long outAddress, long outCapacity) {
		return engineStatus(engine, outAddress, outCapacity);
	}

	@Override
	public int enginePhases(long engine, long callsAddress, long count) {
		for (int i = 0; i < count; i++) {
			int phase = (i < this.phases.size()) ? this.phases.get(i) : PhaseCodes.EXPORT;
			at(callsAddress).order(ByteOrder.LITTLE_ENDIAN).putLong(i * Long.BYTES, phase);
		}
		return 0;
	}

	@Override
	public int engineLogLevel(long engine, int level, int followCalls) {
		this.logLevels.add(level + 10 * followCalls);
		return this.logLevelResult;
	}

	@Override
	public int engineStop(long engine, long drainMillis) {
		this.stops.incrementAndGet();
		if (!this.forgetful) {
			for (Long callId : this.inFlight) {
				if (this.inFlight.remove(callId)) {
					this.records.add(Records.cancelled(callId, CancellationCause.SHUTDOWN.code()));
				}
			}
		}
		this.stopped = true;
		return 0;
	}

	@Override
	public int engineFree(long engine) {
		this.freed = true;
		return (this.frees.incrementAndGet() == 1) ? 0 : 2;
	}

	@Override
	public long addressOf(ByteBuffer buffer) {
		long address = this.nextAddress.getAndAdd(buffer.capacity() + 16L);
		this.memory.put(address, buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear());
		return address;
	}

	/** A buffer of its own, not a view: cleaners watch it as they watch a real one. */
	@Override
	public ByteBuffer memoryAt(long address, int length) {
		return new Pointer(Pointer.nativeValue(Native.getDirectBufferPointer(at(address)))).getByteBuffer(0, length);
	}

	/**
	 * Ends a call in the engine.
	 */
	public void finish(long callId, byte[] record) {
		if (this.inFlight.remove(callId)) {
			this.records.add(record);
		}
	}

	/**
	 * Delivers bytes as they are.
	 */
	public void deliver(byte[]... bytes) {
		this.records.addAll(List.of(bytes));
	}

	public long lastCallId() {
		return lastFrame().getLong(FrameLayout.CALL_ID_OFFSET);
	}

	public ByteBuffer lastFrame() {
		return ByteBuffer.wrap(this.frames.get(this.frames.size() - 1)).order(ByteOrder.LITTLE_ENDIAN);
	}

	private ByteBuffer at(long address) {
		ByteBuffer buffer = this.memory.get(address);
		if (buffer == null) {
			throw new AssertionError("No memory at " + address);
		}
		return buffer;
	}

	public static long refusal(ErrorKind kind, int reason, long delayMillis) {
		return kind.code() | (long) reason << 8 | delayMillis << 16;
	}

}
