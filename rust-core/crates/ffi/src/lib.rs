// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The C interface of Ferrule's native library.
//!
//! Each export is one guard around a safe function: no panic crosses the boundary. Arguments
//! and results are plain numbers, addresses are passed as `i64`. The layouts of frames and
//! records are in `ferrule-abi`.

#![allow(
    unsafe_code,
    reason = "exports, and copies from and to the host's memory"
)]

mod convert;
mod engines;
mod guard;

use std::time::Duration;

use ferrule_abi::layout::ABI_VERSION;

use crate::engines::STATUS_STALE;
use crate::guard::guarded;

/// Version of this interface.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_abi_version() -> i32 {
    i32::from(ABI_VERSION)
}

/// Starts an engine and waits until its pipelines are ready.
///
/// Returns its handle, and writes to `out` the length of a text (`u32`) and the text: the names
/// of the pipelines, by index, separated by line feeds. Returns 0 on failure and writes a record
/// with the error.
///
/// # Safety
/// `config` must point to `config_length` readable bytes and `out` to `out_capacity` writable
/// ones, both unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_start(
    config: i64,
    config_length: i64,
    out: i64,
    out_capacity: i64,
) -> i64 {
    guarded(0, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::start((config, config_length), (out, out_capacity)) }
    })
}

/// Checks a start configuration. Returns 0 if it is valid, else 1, and writes a record with the
/// error.
///
/// # Safety
/// As for [`ferrule_engine_start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_validate(
    config: i64,
    config_length: i64,
    out: i64,
    out_capacity: i64,
) -> i32 {
    guarded(1, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::validate((config, config_length), (out, out_capacity)) }
    })
}

/// Replaces certificates and keys that the engine was started with, from JSON as in `tlsBundles`
/// of the start configuration. New requests use them; those under way end as they began. Returns
/// 0, or 1 and writes a record with the error, and then nothing was replaced, or 2 for a stale
/// handle.
///
/// # Safety
/// `secrets` must point to `secrets_length` readable bytes and `out` to `out_capacity` writable
/// ones, both unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_update_secrets(
    engine: i64,
    secrets: i64,
    secrets_length: i64,
    out: i64,
    out_capacity: i64,
) -> i32 {
    guarded(1, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::update_secrets(engine, (secrets, secrets_length), (out, out_capacity)) }
    })
}

/// Reserves zeroed memory for a payload. Returns a handle and writes the memory's address
/// (`u64`) to `out`, or returns a negated refusal code. The memory stays valid until it is
/// submitted or released, even if the engine is freed before.
///
/// # Safety
/// `out` must point to 8 writable bytes, unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_payload_reserve(engine: i64, length: i64, out: i64) -> i64 {
    guarded(-guard::panicked(), || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::reserve(engine, length, out) }
    })
}

/// Gives reserved memory back. Returns 0, or 1 if it was submitted or released before.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_payload_release(_engine: i64, payload: i64) -> i32 {
    guarded(1, || engines::release(payload))
}

/// Submits a call; never waits. Returns 0 if it was accepted, and then exactly one record with
/// its outcome follows through [`ferrule_engine_poll`]; else a refusal code: bits 0 to 7 the
/// error kind, 8 to 15 the reason, 16 to 47 the retry delay in milliseconds. Reserved memory
/// that the frame names belongs to the engine afterwards, whatever the result, unless the frame
/// itself could not be read.
///
/// # Safety
/// `frame` must point to `frame_length` readable bytes, unused by others during the call, and
/// nobody may write to reserved memory that it names any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_submit(engine: i64, frame: i64, frame_length: i64) -> i64 {
    guarded(guard::panicked(), || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::submit(engine, frame, frame_length) }
    })
}

/// Cancels a call; its outcome follows as for any call. Returns 0, or 1 if the call is not in
/// flight.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_engine_cancel(engine: i64, call_id: i64, cause: i32) -> i32 {
    guarded(1, || engines::cancel(engine, call_id, cause))
}

/// Waits for outcomes and log lines, at most `timeout_nanos`. Returns the bytes of whole records
/// written, 0 if there were none, -1 once the engine has stopped and all was delivered, -2 for a
/// stale handle, -3 if the next record needs more room. One thread per engine should poll.
///
/// # Safety
/// `out` must point to `out_capacity` writable bytes, unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_poll(
    engine: i64,
    out: i64,
    out_capacity: i64,
    timeout_nanos: i64,
) -> i32 {
    let timeout = Duration::from_nanos(u64::try_from(timeout_nanos).unwrap_or(0));
    guarded(0, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::poll(engine, (out, out_capacity), timeout) }
    })
}

/// Makes a waiting [`ferrule_engine_poll`] return. Returns 0, or 2 for a stale handle.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_engine_wake(engine: i64) -> i32 {
    guarded(2, || engines::wake(engine))
}

/// Writes the engine's state as JSON. Returns its length, the negated length if `out` is too
/// small, or the smallest number for a stale handle.
///
/// # Safety
/// `out` must point to `out_capacity` writable bytes, unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_status(engine: i64, out: i64, out_capacity: i64) -> i32 {
    guarded(STATUS_STALE, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::status(engine, (out, out_capacity)) }
    })
}

/// Writes the engine's metrics as JSON. Results as for [`ferrule_engine_status`]; a stopped engine
/// has no metrics.
///
/// # Safety
/// `out` must point to `out_capacity` writable bytes, unused by others during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_metrics(engine: i64, out: i64, out_capacity: i64) -> i32 {
    guarded(STATUS_STALE, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::metrics(engine, (out, out_capacity)) }
    })
}

/// Tells how far calls have come: replaces each of the `count` call ids (`u64`) at `calls` by the
/// number of the call's phase, or by 0 if the call is not in flight. Returns 0, or 1 if `calls` is
/// no such range, or 2 for a stale handle.
///
/// # Safety
/// `calls` must point to `count` times 8 readable and writable bytes, unused by others during the
/// call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrule_engine_phases(engine: i64, calls: i64, count: i64) -> i32 {
    guarded(1, || {
        // SAFETY: the caller's promise is passed on.
        unsafe { engines::phases(engine, calls, count) }
    })
}

/// Sets the least severe level of the engine's own log lines, 1 trace to 5 error or 0 for none, and
/// whether each step of the calls is logged that the start configuration names (`follow_calls` is
/// not 0). May take some milliseconds. Returns 0, or 1 if the engine cannot change the level now and
/// must be asked again, or 2 for a stale handle or an unknown level.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_engine_log_level(engine: i64, level: i32, follow_calls: i32) -> i32 {
    guarded(1, || engines::log_level(engine, level, follow_calls != 0))
}

/// Stops the engine: refuses new calls, lets those in flight finish within `drain_millis`, and
/// finishes the rest as shut down. Waits at most two seconds longer. Returns 0, or 1 if the
/// engine's threads did not end in time, or 2 for a stale handle. Afterwards the outcome of each
/// accepted call can be polled.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_engine_stop(engine: i64, drain_millis: i64) -> i32 {
    let drain = Duration::from_millis(u64::try_from(drain_millis).unwrap_or(0));
    guarded(1, || engines::stop(engine, drain))
}

/// Makes the handle invalid and frees the engine once no call uses it any more; an engine that
/// still runs is stopped without a drain. Returns 0, or 2 for a stale handle.
#[unsafe(no_mangle)]
pub extern "C" fn ferrule_engine_free(engine: i64) -> i32 {
    guarded(2, || engines::free(engine))
}
