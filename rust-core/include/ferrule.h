// Generated from crates/ffi; do not edit. Run `cargo run -p ferrule-bindings`.

#ifndef FERRULE_H
#define FERRULE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Version of this interface.
 */
int32_t ferrule_abi_version(void);

/**
 * Starts an engine and waits until its pipelines are ready.
 *
 * Returns its handle, and writes to `out` the length of a text (`u32`) and the text: the names
 * of the pipelines, by index, separated by line feeds. Returns 0 on failure and writes a record
 * with the error.
 *
 * # Safety
 * `config` must point to `config_length` readable bytes and `out` to `out_capacity` writable
 * ones, both unused by others during the call.
 */
int64_t ferrule_engine_start(int64_t config,
                             int64_t config_length,
                             int64_t out,
                             int64_t out_capacity);

/**
 * Checks a start configuration. Returns 0 if it is valid, else 1, and writes a record with the
 * error.
 *
 * # Safety
 * As for [`ferrule_engine_start`].
 */
int32_t ferrule_engine_validate(int64_t config,
                                int64_t config_length,
                                int64_t out,
                                int64_t out_capacity);

/**
 * Replaces certificates and keys that the engine was started with, from JSON as in `tlsBundles`
 * of the start configuration. New requests use them; those under way end as they began. Returns
 * 0, or 1 and writes a record with the error, and then nothing was replaced, or 2 for a stale
 * handle.
 *
 * # Safety
 * `secrets` must point to `secrets_length` readable bytes and `out` to `out_capacity` writable
 * ones, both unused by others during the call.
 */
int32_t ferrule_engine_update_secrets(int64_t engine,
                                      int64_t secrets,
                                      int64_t secrets_length,
                                      int64_t out,
                                      int64_t out_capacity);

/**
 * Reserves zeroed memory for a payload. Returns a handle and writes the memory's address
 * (`u64`) to `out`, or returns a negated refusal code. The memory stays valid until it is
 * submitted or released, even if the engine is freed before.
 *
 * # Safety
 * `out` must point to 8 writable bytes, unused by others during the call.
 */
int64_t ferrule_payload_reserve(int64_t engine, int64_t length, int64_t out);

/**
 * Gives reserved memory back. Returns 0, or 1 if it was submitted or released before.
 */
int32_t ferrule_payload_release(int64_t _engine, int64_t payload);

/**
 * Submits a call; never waits. Returns 0 if it was accepted, and then exactly one record with
 * its outcome follows through [`ferrule_engine_poll`]; else a refusal code: bits 0 to 7 the
 * error kind, 8 to 15 the reason, 16 to 47 the retry delay in milliseconds. Reserved memory
 * that the frame names belongs to the engine afterwards, whatever the result, unless the frame
 * itself could not be read.
 *
 * # Safety
 * `frame` must point to `frame_length` readable bytes, unused by others during the call, and
 * nobody may write to reserved memory that it names any more.
 */
int64_t ferrule_engine_submit(int64_t engine, int64_t frame, int64_t frame_length);

/**
 * Cancels a call; its outcome follows as for any call. Returns 0, or 1 if the call is not in
 * flight.
 */
int32_t ferrule_engine_cancel(int64_t engine, int64_t call_id, int32_t cause);

/**
 * Waits for outcomes and log lines, at most `timeout_nanos`. Returns the bytes of whole records
 * written, 0 if there were none, -1 once the engine has stopped and all was delivered, -2 for a
 * stale handle, -3 if the next record needs more room. One thread per engine should poll.
 *
 * # Safety
 * `out` must point to `out_capacity` writable bytes, unused by others during the call.
 */
int32_t ferrule_engine_poll(int64_t engine,
                            int64_t out,
                            int64_t out_capacity,
                            int64_t timeout_nanos);

/**
 * Makes a waiting [`ferrule_engine_poll`] return. Returns 0, or 2 for a stale handle.
 */
int32_t ferrule_engine_wake(int64_t engine);

/**
 * Writes the engine's state as JSON. Returns its length, the negated length if `out` is too
 * small, or the smallest number for a stale handle.
 *
 * # Safety
 * `out` must point to `out_capacity` writable bytes, unused by others during the call.
 */
int32_t ferrule_engine_status(int64_t engine, int64_t out, int64_t out_capacity);

/**
 * Writes the engine's metrics as JSON. Results as for [`ferrule_engine_status`]; a stopped engine
 * has no metrics.
 *
 * # Safety
 * `out` must point to `out_capacity` writable bytes, unused by others during the call.
 */
int32_t ferrule_engine_metrics(int64_t engine, int64_t out, int64_t out_capacity);

/**
 * Tells how far calls have come: replaces each of the `count` call ids (`u64`) at `calls` by the
 * number of the call's phase, or by 0 if the call is not in flight. Returns 0, or 1 if `calls` is
 * no such range, or 2 for a stale handle.
 *
 * # Safety
 * `calls` must point to `count` times 8 readable and writable bytes, unused by others during the
 * call.
 */
int32_t ferrule_engine_phases(int64_t engine, int64_t calls, int64_t count);

/**
 * Sets the least severe level of the engine's own log lines, 1 trace to 5 error or 0 for none, and
 * whether each step of the calls is logged that the start configuration names (`follow_calls` is
 * not 0). May take some milliseconds. Returns 0, or 1 if the engine cannot change the level now and
 * must be asked again, or 2 for a stale handle or an unknown level.
 */
int32_t ferrule_engine_log_level(int64_t engine, int32_t level, int32_t follow_calls);

/**
 * Stops the engine: refuses new calls, lets those in flight finish within `drain_millis`, and
 * finishes the rest as shut down. Waits at most two seconds longer. Returns 0, or 1 if the
 * engine's threads did not end in time, or 2 for a stale handle. Afterwards the outcome of each
 * accepted call can be polled.
 */
int32_t ferrule_engine_stop(int64_t engine, int64_t drain_millis);

/**
 * Makes the handle invalid and frees the engine once no call uses it any more; an engine that
 * still runs is stopped without a drain. Returns 0, or 2 for a stale handle.
 */
int32_t ferrule_engine_free(int64_t engine);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FERRULE_H */
