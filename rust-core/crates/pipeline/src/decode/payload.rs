// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Decompression of payloads, and JSON to protobuf.

use std::borrow::Cow;
use std::io::{ErrorKind as IoErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ferrule_context::{CancelCause, Error};
use ferrule_otlp::Signal;

use super::coding::{ContentCoding, Encoding};
use super::validate::check;
use crate::admission::budget::{ByteBudget, Permit, budgeted};

/// Largest window of a zstd frame as a power of two: 8 MiB, which RFC 8878 recommends.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Output grows by this much at first; it doubles then.
const FIRST_CHUNK: usize = 8 << 10;

/// Decompression looks up this often whether anybody still wants the result.
const MOST_READ: usize = 1 << 20;

/// The resources that decoding may use.
#[derive(Debug, Clone)]
pub(crate) struct DecodeLimits {
    pub(crate) budget: Arc<ByteBudget>,
    pub(crate) max_decoded: usize,
    pub(crate) retry_delay: Duration,
}

/// Turns a payload into valid OTLP protobuf, or says what is wrong with it. Stops early, with any
/// error, once `is_wanted` returns false.
pub(crate) fn decode(
    signal: Signal,
    encoding: Encoding,
    coding: ContentCoding,
    payload: Bytes,
    limits: &DecodeLimits,
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

impl DecodeLimits {
    fn exhausted(&self) -> Error {
        Error::exhausted("the byte budget for payloads is used up", self.retry_delay)
    }
}

fn decompress(
    coding: ContentCoding,
    input: &[u8],
    limits: &DecodeLimits,
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
    limits: &DecodeLimits,
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
            // One byte more than allowed, so that the end and the breach differ.
            let room = (limits.max_decoded + 1 - length).min(length.max(FIRST_CHUNK));
            if !permit.grow(room) {
                return Err(limits.exhausted());
            }
            if output.try_reserve_exact(room).is_err() {
                return Err(Error::exhausted("memory is short", limits.retry_delay));
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

#[cfg(test)]
mod tests;
