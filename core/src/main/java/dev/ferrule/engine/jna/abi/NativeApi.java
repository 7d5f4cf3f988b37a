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

/**
 * The engine's C interface: primitives only, addresses are numbers. Implementations are
 * thread-safe and add nothing to what the functions do. Handles are checked by the
 * engine, so a stale one is an error code and never a crash; addresses must be valid.
 */
public interface NativeApi {

	/**
	 * Returns the version of the interface.
	 * @return the version
	 */
	int abiVersion();

	/**
	 * Starts an engine.
	 * @param configAddress configuration, JSON in UTF-8
	 * @param configLength length of the configuration in bytes
	 * @param outAddress receives a u32 length and the pipeline names, or a record of the
	 * failure
	 * @param outCapacity size of the output in bytes
	 * @return a handle above zero, or zero or less if the start failed
	 */
	long engineStart(long configAddress, long configLength, long outAddress, long outCapacity);

	/**
	 * Checks a configuration without starting anything.
	 * @param configAddress configuration, JSON in UTF-8
	 * @param configLength length of the configuration in bytes
	 * @param outAddress receives a record of the failure
	 * @param outCapacity size of the output in bytes
	 * @return 0 if valid
	 */
	int engineValidate(long configAddress, long configLength, long outAddress, long outCapacity);

	/**
	 * Replaces certificates and keys.
	 * @param engine engine handle
	 * @param secretsAddress bundles by name, JSON in UTF-8
	 * @param secretsLength length of the secrets in bytes
	 * @param outAddress receives a record of the failure
	 * @param outCapacity size of the output in bytes
	 * @return 0, or 1 if they were refused and nothing was replaced, or 2 for a stale
	 * handle
	 */
	int engineUpdateSecrets(long engine, long secretsAddress, long secretsLength, long outAddress, long outCapacity);

	/**
	 * Reserves memory for a payload.
	 * @param engine engine handle
	 * @param length bytes
	 * @param outAddress receives the u64 address of the memory
	 * @return a handle above zero, or a negated refusal
	 */
	long payloadReserve(long engine, long length, long outAddress);

	/**
	 * Gives back memory that was not submitted.
	 * @param engine engine handle
	 * @param payload payload handle
	 * @return 0, or 1 if there is no such payload
	 */
	int payloadRelease(long engine, long payload);

	/**
	 * Submits a frame; copies it.
	 * @param engine engine handle
	 * @param frameAddress frame
	 * @param frameLength length of the frame in bytes
	 * @return 0 if accepted, else a refusal
	 */
	long engineSubmit(long engine, long frameAddress, long frameLength);

	/**
	 * Cancels a call.
	 * @param engine engine handle
	 * @param callId call id
	 * @param cause number of the cancellation cause
	 * @return 0 if this invocation cancelled the call, 1 if it is not in flight any more
	 */
	int engineCancel(long engine, long callId, int cause);

	/**
	 * Waits for records.
	 * @param engine engine handle
	 * @param outAddress receives whole records
	 * @param outCapacity size of the output in bytes
	 * @param timeoutNanos longest time to wait in nanoseconds
	 * @return bytes written, or -1 when the engine stopped and delivered everything, -2
	 * for a stale handle, -3 if the next record does not fit
	 */
	int enginePoll(long engine, long outAddress, long outCapacity, long timeoutNanos);

	/**
	 * Ends the wait of a poll.
	 * @param engine engine handle
	 * @return 0, or another number for a stale handle
	 */
	int engineWake(long engine);

	/**
	 * Describes the engine.
	 * @param engine engine handle
	 * @param outAddress receives JSON in UTF-8
	 * @param outCapacity size of the output in bytes
	 * @return length in bytes, or the negated length needed, or -2^31 for a stale handle
	 */
	int engineStatus(long engine, long outAddress, long outCapacity);

	/**
	 * Describes what the engine measures.
	 * @param engine engine handle
	 * @param outAddress receives JSON in UTF-8
	 * @param outCapacity size of the output in bytes
	 * @return length in bytes, or the negated length needed, or -2^31 for a stale handle
	 */
	int engineMetrics(long engine, long outAddress, long outCapacity);

	/**
	 * Tells how far calls have come.
	 * @param engine engine handle
	 * @param callsAddress ids of the calls as u64, each replaced by the number of the
	 * phase, or by 0 if the call is not in flight
	 * @param count number of calls
	 * @return 0, or another number if nothing was replaced
	 */
	int enginePhases(long engine, long callsAddress, long count);

	/**
	 * Sets which of the engine's own log lines it makes; may take some milliseconds.
	 * @param engine engine handle
	 * @param level the least severe level, 1 trace to 5 error, 0 for none
	 * @param followCalls 1 to log each step of the calls that the configuration names
	 * @return 0, or 1 if the engine cannot change it now, or 2 for a stale handle
	 */
	int engineLogLevel(long engine, int level, int followCalls);

	/**
	 * Stops an engine; blocks, but not much longer than given.
	 * @param engine engine handle
	 * @param drainMillis time for calls in flight in milliseconds
	 * @return 0, or 1 if the stop was forced, or 2 for a stale handle
	 */
	int engineStop(long engine, long drainMillis);

	/**
	 * Frees a stopped engine.
	 * @param engine engine handle
	 * @return 0, or 2 for a stale handle
	 */
	int engineFree(long engine);

	/**
	 * Returns the address of a direct buffer's first byte.
	 * @param buffer a direct buffer, which must stay reachable while the address is used
	 * @return the address
	 */
	long addressOf(ByteBuffer buffer);

	/**
	 * Returns a window on memory of the engine.
	 * @param address first byte
	 * @param length bytes, more than 0
	 * @return a direct buffer that does not own the memory
	 */
	ByteBuffer memoryAt(long address, int length);

}
