// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Decompression, JSON and validation of payloads.

use std::borrow::Cow;
use std::io::{ErrorKind as IoErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use ferrule_context::{CallTable, CancelCause, Error};
use ferrule_otlp::{JsonMode, Signal};
use otel_arrow_dfe_config::SignalType;

use crate::budget::{ByteBudget, Permit, budgeted};
use crate::lane::{LanePlace, QueuedCall};

/// What was being done, as errors tell.
pub(crate) const DECODE: &str = "decode";

/// How a payload is encoded, after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP protobuf.
    Protobuf,
    /// OTLP JSON.
    Json(JsonMode),
}

impl Encoding {
    /// The encoding with the host's number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Protobuf),
            2 => Some(Self::Json(JsonMode::Strict)),
            3 => Some(Self::Json(JsonMode::Lenient)),
            _ => None,
        }
    }
}

/// How a payload is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCoding {
    /// Not at all.
    Identity,
    /// gzip, RFC 1952.
    Gzip,
    /// zlib, RFC 1950.
    Deflate,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl ContentCoding {
    /// The coding with the host's number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Identity),
            1 => Some(Self::Gzip),
            2 => Some(Self::Deflate),
            3 => Some(Self::Zstd),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }
}

/// Largest window of a zstd frame as a power of two: 8 MiB, which RFC 8878 recommends.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Output grows by this much at first; it doubles then.
const FIRST_CHUNK: usize = 8 << 10;

/// Decompression looks up this often whether anybody still wants the result.
const MOST_READ: usize = 1 << 20;

/// What decoding may use.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) budget: Arc<ByteBudget>,
    pub(crate) max_decoded: usize,
    pub(crate) retry_delay: std::time::Duration,
}

/// Turns a payload into valid OTLP protobuf, or says what is wrong with it. Stops early, with any
/// error, once `is_wanted` returns false.
pub(crate) fn decode(
    signal: Signal,
    encoding: Encoding,
    coding: ContentCoding,
    payload: Bytes,
    limits: &Limits,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Bytes, Error> {
    let plain = match coding {
        ContentCoding::Identity => payload,
        _ => decompress(coding, &payload, limits, is_wanted)?,
    };
    match encoding {
        Encoding::Protobuf => {
            check(signal, &plain)?;
            Ok(plain)
        }
        Encoding::Json(_) if !is_wanted() => Err(unwanted()),
        Encoding::Json(mode) => {
            let protobuf = ferrule_otlp::json_to_protobuf(signal, &plain, mode, limits.max_decoded)
                .map_err(|error| invalid(&error, limits.max_decoded))?;
            let permit = limits
                .budget
                .take(protobuf.len())
                .ok_or_else(|| limits.exhausted())?;
            Ok(budgeted(protobuf, permit))
        }
    }
}

/// Checks that a payload is OTLP protobuf of its signal.
pub(crate) fn check(signal: Signal, payload: &[u8]) -> Result<(), Error> {
    ferrule_otlp::validate(signal, payload)
        .map(|_| ())
        .map_err(|error| Error::invalid_payload(error.to_string()).during(DECODE))
}

/// Our name of the engine's signal.
pub(crate) fn signal_of(signal: SignalType) -> Signal {
    match signal {
        SignalType::Traces => Signal::Traces,
        SignalType::Metrics => Signal::Metrics,
        SignalType::Logs => Signal::Logs,
    }
}

fn invalid(error: &ferrule_otlp::Error, most: usize) -> Error {
    if error.kind() == ferrule_otlp::ErrorKind::Size {
        too_large(most)
    } else {
        Error::invalid_payload(error.to_string())
    }
}

fn too_large(most: usize) -> Error {
    Error::payload_too_large(format!(
        "the payload is larger than {most} bytes after decompression"
    ))
}

impl Limits {
    fn exhausted(&self) -> Error {
        Error::exhausted("the byte budget for payloads is used up", self.retry_delay)
    }
}

fn decompress(
    coding: ContentCoding,
    input: &[u8],
    limits: &Limits,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Bytes, Error> {
    let malformed = |_| malformed(coding);
    match coding {
        ContentCoding::Identity => Ok(Bytes::copy_from_slice(input)),
        ContentCoding::Gzip => read_all(
            coding,
            flate2::bufread::MultiGzDecoder::new(input),
            limits,
            is_wanted,
        ),
        ContentCoding::Deflate => {
            let mut decoder = flate2::bufread::ZlibDecoder::new(input);
            let output = read_all(coding, &mut decoder, limits, is_wanted)?;
            let rest = decoder.into_inner();
            if rest.is_empty() {
                Ok(output)
            } else {
                Err(malformed(IoErrorKind::InvalidData.into()))
            }
        }
        ContentCoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input).map_err(malformed)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(malformed)?;
            if input.is_empty() {
                return Err(malformed(IoErrorKind::UnexpectedEof.into()));
            }
            read_all(coding, decoder, limits, is_wanted)
        }
    }
}

/// Nobody sees it, because the call has its outcome.
fn unwanted() -> Error {
    Error::cancelled(CancelCause::Application)
}

fn malformed(coding: ContentCoding) -> Error {
    let message: Cow<'static, str> = format!("the body is not valid {}", coding.name()).into();
    Error::invalid_payload(message)
}

/// Reads a decoder to its end, within the payload limit and the byte budget.
fn read_all(
    coding: ContentCoding,
    mut decoder: impl Read,
    limits: &Limits,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Bytes, Error> {
    let mut permit: Permit = limits.budget.take(0).ok_or_else(|| limits.exhausted())?;
    let mut output = Vec::new();
    let mut length = 0;
    loop {
        if length == output.len() {
            if length > limits.max_decoded {
                return Err(too_large(limits.max_decoded));
            }
            // One byte more than allowed, so that the end and the breach can be told apart.
            let room = (limits.max_decoded + 1 - length).min(length.max(FIRST_CHUNK));
            if !permit.grow(room) {
                return Err(limits.exhausted());
            }
            output.resize(length + room, 0);
        }
        if !is_wanted() {
            return Err(unwanted());
        }
        let end = output.len().min(length + MOST_READ);
        match decoder.read(&mut output[length..end]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(_) => return Err(malformed(coding)),
        }
    }
    if length > limits.max_decoded {
        return Err(too_large(limits.max_decoded));
    }
    output.truncate(length);
    output.shrink_to_fit();
    permit.shrink_to(length);
    Ok(budgeted(output, permit))
}

/// A payload that must be decoded before its call goes on.
pub(crate) struct CodecJob {
    pub(crate) queued: QueuedCall,
    pub(crate) encoding: Encoding,
    pub(crate) coding: ContentCoding,
}

/// The threads that decode payloads.
pub(crate) struct CodecPool {
    sender: Option<Sender<CodecJob>>,
    threads: Vec<JoinHandle<()>>,
}

impl CodecPool {
    pub(crate) fn start(
        name: &str,
        threads: usize,
        capacity: usize,
        calls: &Arc<CallTable>,
        limits: &Limits,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = crossbeam_channel::bounded(capacity);
        let threads = (0..threads)
            .map(|i| {
                let (receiver, calls, limits) =
                    (receiver.clone(), Arc::clone(calls), limits.clone());
                std::thread::Builder::new()
                    .name(format!("{name}-codec-{i}"))
                    .spawn(move || work(&receiver, &calls, &limits))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            sender: Some(sender),
            threads,
        })
    }

    /// Hands a payload over; if the queue is full the job comes back.
    pub(crate) fn submit(&self, job: CodecJob) -> Result<(), CodecJob> {
        match &self.sender {
            Some(sender) => {
                job.queued.call.mark_decoding(true);
                sender.try_send(job).map_err(|error| match error {
                    TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
                })
            }
            None => Err(job),
        }
    }
}

impl Drop for CodecPool {
    fn drop(&mut self) {
        self.sender = None;
        for thread in self.threads.drain(..) {
            // Panics are caught within the thread.
            let _ = thread.join();
        }
    }
}

fn work(receiver: &Receiver<CodecJob>, calls: &CallTable, limits: &Limits) {
    for job in receiver {
        // A panic drops the job, which finishes its call; the panic hook has logged it.
        let _ = catch_unwind(AssertUnwindSafe(|| run(job, calls, limits)));
    }
}

fn run(job: CodecJob, calls: &CallTable, limits: &Limits) {
    let CodecJob {
        mut queued,
        encoding,
        coding,
    } = job;
    if queued.call.is_finished() {
        return;
    }
    let payload = std::mem::take(&mut queued.payload);
    queued.guard.blame_payload(true);
    let is_wanted = || !queued.call.is_finished();
    let decoded = decode(queued.signal, encoding, coding, payload, limits, &is_wanted)
        .map_err(|error| error.during(DECODE));
    queued.guard.blame_payload(false);
    match decoded {
        Ok(payload) => {
            queued.payload = payload;
            queued.call.mark_decoding(false);
            LanePlace::send(queued);
        }
        Err(error) => {
            calls.finish_if_open(queued.call.id(), Err(error));
        }
    }
}

#[cfg(test)]
mod tests;
