// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The engines of this process by handle, and what each export does.

use std::sync::Arc;
use std::time::Duration;

use ferrule_abi::frame::Header;
use ferrule_abi::handle::HandleTable;
use ferrule_abi::layout::frame as frame_at;
use ferrule_abi::memory::{HostBuffer, copy_array, copy_in, copy_in_shared, copy_out};
use ferrule_context::{CancelCause, Error};
use ferrule_pipeline::{Engine, LogThreshold, Permit, Reason, Refusal};

use crate::convert::{error_record, refused, submission, with_record};
use crate::guard::caught;

/// What `ferrule_engine_status` returns for a handle that is stale.
pub(crate) const STATUS_STALE: i32 = i32::MIN;

/// Address and length of host memory.
type HostMemory = (i64, i64);

const STALE: i32 = 2;

/// Memory that the host fills. It outlives its engine, because the host may still write to it
/// while another thread frees the engine.
struct Reserved {
    buffer: HostBuffer,
    permit: Permit,
}

static ENGINES: HandleTable<Engine> = HandleTable::new();
static RESERVED: HandleTable<Reserved> = HandleTable::new();

/// # Safety
/// The first range must be readable and the second writable, both unused by others.
pub(crate) unsafe fn start(config: HostMemory, out: HostMemory) -> i64 {
    // SAFETY: the caller promises a readable range.
    let config = unsafe { read(config) };
    match caught(|| Engine::start(&config)) {
        Ok(engine) => {
            let names = engine.pipelines().collect::<Vec<_>>().join("\n");
            let mut text = u32::try_from(names.len())
                .unwrap_or(0)
                .to_le_bytes()
                .to_vec();
            text.extend_from_slice(names.as_bytes());
            // SAFETY: the caller promises a writable range.
            if !unsafe { write(&text, out) } {
                return 0;
            }
            ENGINES.insert(Arc::new(engine)).cast_signed()
        }
        Err(error) => {
            // SAFETY: the caller promises a writable range.
            unsafe { write_error(&error, out) };
            0
        }
    }
}

/// # Safety
/// As for [`start`].
pub(crate) unsafe fn validate(config: HostMemory, out: HostMemory) -> i32 {
    // SAFETY: the caller promises a readable range.
    let config = unsafe { read(config) };
    match caught(|| Engine::validate(&config)) {
        Ok(()) => 0,
        Err(error) => {
            // SAFETY: the caller promises a writable range.
            unsafe { write_error(&error, out) };
            1
        }
    }
}

/// # Safety
/// As for [`start`].
pub(crate) unsafe fn update_secrets(engine: i64, secrets: HostMemory, out: HostMemory) -> i32 {
    let Some(engine) = engine_of(engine) else {
        return STALE;
    };
    // SAFETY: the caller promises a readable range.
    let secrets = unsafe { read(secrets) };
    match caught(|| engine.update_tls_bundles(&secrets)) {
        Ok(()) => 0,
        Err(error) => {
            // SAFETY: the caller promises a writable range.
            unsafe { write_error(&error, out) };
            1
        }
    }
}

/// # Safety
/// `out` must point to 8 writable bytes, unused by others.
pub(crate) unsafe fn reserve(engine: i64, length: i64, out: i64) -> i64 {
    let reserve = || {
        let engine = engine_of(engine).ok_or(Refusal::of(Reason::StaleHandle))?;
        let length = usize::try_from(length).map_err(|_| Refusal::of(Reason::MalformedFrame))?;
        let permit = engine.take_bytes(length)?;
        let buffer = HostBuffer::zeroed(length).ok_or_else(|| engine.no_memory())?;
        let reserved = Reserved { buffer, permit };
        let address = reserved.buffer.address() as u64;
        let handle = RESERVED.insert(Arc::new(reserved));
        // SAFETY: the caller promises 8 writable bytes.
        if unsafe { write(&address.to_le_bytes(), (out, 8)) } {
            Ok(handle.cast_signed())
        } else {
            RESERVED.remove(handle);
            Err(Refusal::of(Reason::MalformedFrame))
        }
    };
    reserve().unwrap_or_else(|refusal: Refusal| -refusal.code())
}

pub(crate) fn release(payload: i64) -> i32 {
    i32::from(RESERVED.remove(payload.cast_unsigned()).is_none())
}

/// # Safety
/// The frame must be readable and unused by others, and nobody may write to reserved memory
/// that it names.
pub(crate) unsafe fn submit(engine: i64, frame: i64, frame_length: i64) -> i64 {
    // SAFETY: the caller's promise is passed on.
    match unsafe { try_submit(engine, (frame, frame_length)) } {
        Ok(()) => 0,
        Err(refusal) => refusal.code(),
    }
}

/// # Safety
/// As for [`submit`].
unsafe fn try_submit(engine: i64, frame: HostMemory) -> Result<(), Refusal> {
    let malformed = Refusal::of(Reason::MalformedFrame);
    let (address, length) = range(frame).ok_or(malformed)?;
    if length < frame_at::FIXED_LENGTH {
        return Err(malformed);
    }
    // SAFETY: the caller promises `length` readable bytes, and the fixed part is not longer.
    let header = Header::parse(unsafe { copy_array(address) }, length).map_err(refused)?;
    let reserved = take_reserved(&header)?;
    let engine = engine_of(engine).ok_or(Refusal::of(Reason::StaleHandle))?;
    let mut ticket = engine.reserve_lane(header.pipeline())?;
    // Taken before anything is copied
    let context_length = header.context_length();
    let mut rest = match &reserved {
        Some(reserved) => engine.take_more_bytes(&reserved.permit, context_length)?,
        None => engine.take_bytes(context_length + header.payload_length())?,
    };
    if context_length > 0 {
        ticket.with_context(rest.split_off(context_length));
    }
    // SAFETY: parsing has checked that the context lies within `length`.
    let context = unsafe { copy_in_shared(address + frame_at::FIXED_LENGTH, context_length) }
        .ok_or_else(|| engine.no_memory())?;
    let submission = submission(&header, &context)?;
    if let Some(Reserved { buffer, permit }) = reserved {
        // SAFETY: the caller promises that nobody writes to it any more.
        let payload = unsafe { buffer.into_bytes(header.payload_length()) };
        return engine.submit(ticket, submission, payload, permit);
    }
    // SAFETY: parsing has checked that the inline payload ends with the frame.
    let payload = unsafe { copy_in(address + header.payload_start(), header.payload_length()) }
        .ok_or_else(|| engine.no_memory())?;
    engine.submit(ticket, submission, payload, rest)
}

/// Takes the reserved memory that a frame names, and so releases it if the submission is
/// refused.
fn take_reserved(header: &Header) -> Result<Option<Reserved>, Refusal> {
    let unknown = Refusal::of(Reason::UnknownPayload);
    if header.payload_handle() == 0 {
        return Ok(None);
    }
    let reserved = RESERVED.remove(header.payload_handle()).ok_or(unknown)?;
    if header.payload_length() > reserved.buffer.len() {
        return Err(Refusal::of(Reason::MalformedFrame));
    }
    // Nobody else can hold a reference: handles are only inserted and removed.
    Arc::try_unwrap(reserved).map(Some).map_err(|_| unknown)
}

pub(crate) fn cancel(engine: i64, call_id: i64, cause: i32) -> i32 {
    let cause = CancelCause::from_number(cause);
    let cancelled =
        engine_of(engine).is_some_and(|engine| engine.cancel(call_id.cast_unsigned(), cause));
    i32::from(!cancelled)
}

/// # Safety
/// The range must be writable and unused by others.
pub(crate) unsafe fn poll(engine: i64, out: HostMemory, timeout: Duration) -> i32 {
    const ENDED: i32 = -1;
    const TOO_SMALL: i32 = -3;
    let Some(engine) = engine_of(engine) else {
        return -STALE;
    };
    let Some((address, capacity)) = range(out) else {
        return TOO_SMALL;
    };
    let mut written = 0;
    let mut refused = false;
    let mut bytes = Vec::new();
    let alive = engine.poll(timeout, |message| {
        with_record(message, |record| {
            bytes.clear();
            record.append(&mut bytes);
            // SAFETY: the caller promises a writable range, and `written` never exceeds it.
            let fits = unsafe { copy_out(&bytes, address + written, capacity - written) };
            if fits {
                written += bytes.len();
            }
            refused = !fits;
            fits
        })
    });
    match (written, refused, alive) {
        (0, true, _) => TOO_SMALL,
        (0, false, false) => ENDED,
        _ => i32::try_from(written).unwrap_or(i32::MAX),
    }
}

pub(crate) fn wake(engine: i64) -> i32 {
    engine_of(engine).map_or(STALE, |engine| {
        engine.wake();
        0
    })
}

/// # Safety
/// The range must be writable and unused by others.
pub(crate) unsafe fn status(engine: i64, out: HostMemory) -> i32 {
    let Some(engine) = engine_of(engine) else {
        return STATUS_STALE;
    };
    // SAFETY: the caller's promise is passed on.
    unsafe { write_text(&engine.status(), out) }
}

/// # Safety
/// As for [`status`].
pub(crate) unsafe fn metrics(engine: i64, out: HostMemory) -> i32 {
    let Some(engine) = engine_of(engine) else {
        return STATUS_STALE;
    };
    // SAFETY: the caller's promise is passed on.
    unsafe { write_text(&engine.metrics(), out) }
}

/// Returns the length of the text, negated if it does not fit.
///
/// # Safety
/// The range must be writable and unused by others.
unsafe fn write_text(text: &str, out: HostMemory) -> i32 {
    let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
    // SAFETY: the caller promises a writable range.
    if unsafe { write(text.as_bytes(), out) } {
        length
    } else {
        -length
    }
}

/// # Safety
/// The range must be readable and writable, and unused by others.
pub(crate) unsafe fn phases(engine: i64, calls: i64, count: i64) -> i32 {
    let Some(engine) = engine_of(engine) else {
        return STALE;
    };
    let range = (calls, count.saturating_mul(8));
    // SAFETY: the caller promises a readable range.
    let mut numbers = unsafe { read(range) };
    if numbers.len() as i64 != range.1 {
        return 1;
    }
    for number in numbers.as_chunks_mut().0 {
        let phase = engine.phase(u64::from_le_bytes(*number));
        *number = phase.map_or(0, |phase| phase as u64).to_le_bytes();
    }
    // SAFETY: the caller promises a writable range.
    i32::from(!unsafe { write(&numbers, range) })
}

pub(crate) fn log_level(engine: i64, level: i32, follow_calls: bool) -> i32 {
    match (engine_of(engine), LogThreshold::from_number(level)) {
        (Some(engine), Some(threshold)) => {
            engine.follow_calls(follow_calls);
            i32::from(!engine.set_log_level(threshold))
        }
        _ => STALE,
    }
}

pub(crate) fn stop(engine: i64, drain: Duration) -> i32 {
    engine_of(engine).map_or(STALE, |engine| i32::from(!engine.stop(drain)))
}

pub(crate) fn free(engine: i64) -> i32 {
    match ENGINES.remove(engine.cast_unsigned()) {
        // Here and not where the last reference goes, which may be on a thread that submits. A
        // poll that still runs keeps its own reference, so the engine ends after it.
        Some(engine) => {
            engine.stop(Duration::ZERO);
            engine.wake();
            0
        }
        None => STALE,
    }
}

fn engine_of(engine: i64) -> Option<Arc<Engine>> {
    ENGINES.get(engine.cast_unsigned())
}

fn range((address, length): HostMemory) -> Option<(usize, usize)> {
    let address = usize::try_from(address)
        .ok()
        .filter(|address| *address != 0)?;
    Some((address, usize::try_from(length).ok()?))
}

/// Empty if the range is none, or if there is no memory for it.
///
/// # Safety
/// The range must be readable and unused by others.
unsafe fn read(memory: HostMemory) -> Vec<u8> {
    range(memory)
        // SAFETY: the caller promises a readable range.
        .and_then(|(address, length)| unsafe { copy_in(address, length) })
        .unwrap_or_default()
}

/// # Safety
/// The range must be writable and unused by others.
unsafe fn write(bytes: &[u8], out: HostMemory) -> bool {
    // SAFETY: the caller promises a writable range.
    range(out).is_some_and(|(address, capacity)| unsafe { copy_out(bytes, address, capacity) })
}

/// # Safety
/// As for [`write`].
unsafe fn write_error(error: &Error, out: HostMemory) {
    // SAFETY: the caller promises a writable range. If it is too small the code still tells.
    let _ = unsafe { write(&error_record(error), out) };
}

#[cfg(test)]
mod tests;
