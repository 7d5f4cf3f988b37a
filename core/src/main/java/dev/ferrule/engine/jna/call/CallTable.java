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

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Table of the calls in flight, by id. A call's slot is its id modulo the size; where
 * that slot is taken by an older call, the id is skipped and the next one tried. So ids
 * are unique, nothing is allocated for an entry, and all operations are one atomic
 * operation.
 *
 * <p>
 * Whoever takes a call, and nobody else, finishes it. It is not in flight any more then,
 * but keeps its slot until its outcome is delivered: so outcomes that wait for the
 * executor are bounded as calls are, and can be found.
 */
public final class CallTable {

	private static final int MAXIMUM_SLOTS = 1 << 26;

	private final AtomicReferenceArray<@Nullable EngineCall> slots;

	// Apart from the calls, so that these do not grow. A loser of the race for a slot may
	// replace the winner's time by its own, which is nearly the same
	private final long[] entered;

	private final int mask;

	private final int maximumInFlight;

	private final AtomicLong lastId;

	private final LongAdder size = new LongAdder();

	private final LongAdder waiting = new LongAdder();

	/**
	 * Creates a table.
	 * @param maximumInFlight calls that the engine lets in, and with them outcomes that
	 * wait; the table has room for at least twice as many, because calls enter it before
	 * the engine is asked
	 */
	public CallTable(int maximumInFlight) {
		this(maximumInFlight, 0);
	}

	public CallTable(int maximumInFlight, long lastId) {
		long wanted = Math.min(MAXIMUM_SLOTS, maximumInFlight * 2L);
		int length = (int) Math.max(16, Long.highestOneBit(wanted * 2 - 1));
		this.slots = new AtomicReferenceArray<>(length);
		this.entered = new long[length];
		this.mask = length - 1;
		this.maximumInFlight = maximumInFlight;
		this.lastId = new AtomicLong(lastId);
	}

	/**
	 * Gives a call its id and enters it.
	 * @param call new call
	 * @param nanos time on the clock of the deadlines
	 * @return whether there was room
	 */
	boolean register(EngineCall call, long nanos) {
		if (isCrowdedByOutcomes()) {
			return false;
		}
		for (int attempt = 0; attempt <= this.mask; attempt++) {
			long id = this.lastId.incrementAndGet();
			if (id == 0) {
				continue;
			}
			int slot = slot(id);
			if (this.slots.getPlain(slot) != null) {
				continue;
			}
			call.assignId(id);
			this.entered[slot] = nanos;
			if (this.slots.compareAndSet(slot, null, call)) {
				this.size.increment();
				return true;
			}
		}
		return false;
	}

	private boolean isCrowdedByOutcomes() {
		// What is in flight in the engine, the engine bounds
		long waiting = this.waiting.sum();
		return waiting > 0 && waiting + this.size.sum() >= this.maximumInFlight;
	}

	/**
	 * Takes a call.
	 * @param id id of the call
	 * @return the call, which the caller must finish, or {@code null} if it is not in
	 * flight any more
	 */
	@Nullable EngineCall take(long id) {
		EngineCall call = find(id);
		return (call != null && take(call)) ? call : null;
	}

	/**
	 * Finds a call without taking it.
	 * @param id id of the call
	 * @return the call, or {@code null} if it is not in flight any more
	 */
	public @Nullable EngineCall find(long id) {
		EngineCall call = this.slots.get(slot(id));
		return (call != null && call.id() == id && !call.isTaken()) ? call : null;
	}

	/**
	 * Returns when a call entered the table. Says nothing about a call that left it.
	 * @param call the call
	 * @return time on the clock of the deadlines, in nanoseconds
	 */
	public long enteredNanos(EngineCall call) {
		return this.entered[slot(call.id())];
	}

	/**
	 * Takes a call.
	 * @param call the call
	 * @return whether the caller must finish the call
	 */
	boolean take(EngineCall call) {
		if (call.take()) {
			this.size.decrement();
			this.waiting.increment();
			return true;
		}
		return false;
	}

	/**
	 * Gives the slot of a call back. To be called once its outcome is delivered.
	 * @param call a call that was taken
	 */
	void leave(EngineCall call) {
		this.waiting.decrement();
		this.slots.compareAndSet(slot(call.id()), call, null);
	}

	/**
	 * Takes all calls whose deadline lies before an instant.
	 * @param nanos instant on the clock of the deadlines
	 * @param finisher must finish each call
	 */
	void takeOverdue(long nanos, Consumer<EngineCall> finisher) {
		forEach((call) -> {
			if (call.deadlineNanos() - nanos < 0 && take(call)) {
				finisher.accept(call);
			}
		});
	}

	/**
	 * Takes all calls.
	 * @param finisher must finish each call
	 */
	public void takeAll(Consumer<EngineCall> finisher) {
		forEach((call) -> {
			if (take(call)) {
				finisher.accept(call);
			}
		});
	}

	/**
	 * Visits the calls in flight without taking them.
	 * @param visitor receives each call
	 */
	public void forEach(Consumer<EngineCall> visitor) {
		forEachSlot((call) -> {
			if (!call.isTaken()) {
				visitor.accept(call);
			}
		});
	}

	/**
	 * Visits the calls whose deadline lies before an instant and whose outcomes still
	 * wait, each once.
	 * @param nanos instant on the clock of the deadlines
	 * @param visitor receives each call
	 */
	void forEachStuck(long nanos, Consumer<EngineCall> visitor) {
		forEachSlot((call) -> {
			if (call.outcome() != null && call.deadlineNanos() - nanos < 0 && call.rescue()) {
				visitor.accept(call);
			}
		});
	}

	private void forEachSlot(Consumer<EngineCall> visitor) {
		for (int slot = 0; slot <= this.mask; slot++) {
			EngineCall call = this.slots.get(slot);
			if (call != null) {
				visitor.accept(call);
			}
		}
	}

	/**
	 * Returns the number of calls in flight, exact while nobody submits or finishes.
	 * @return the number of calls
	 */
	public long size() {
		return this.size.sum();
	}

	/**
	 * Returns the number of outcomes that wait for the executor, or run on it.
	 * @return the number of calls, exact while nobody takes or finishes
	 */
	public long waiting() {
		return Math.max(0, this.waiting.sum());
	}

	private int slot(long id) {
		return (int) id & this.mask;
	}

}
