// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Structural validation of protobuf requests: one pass, no allocation.

mod actions;

use prost::encoding::decode_varint;

use self::actions::{
    ACTIONS, BYTES, FIRST_MESSAGE, FIXED32, FIXED64, PACKED_FIXED32, PACKED_FIXED64, PACKED_VARINT,
    STRING, VARINT, action,
};
use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind};
use crate::schema::{self, MESSAGES, MessageType};
use crate::signal::Signal;
use crate::wire::key;

/// Statistics of a valid request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Number of spans, data points or log records.
    pub items: u64,
}

/// Validates that `bytes` are the request of this signal in protobuf: well-formed, with the wire
/// types of OTLP, texts in UTF-8, nested at most [`MAX_DEPTH`] deep. Unknown fields are skipped;
/// groups, which OTLP never had, are refused. No bytes are a request without items.
///
/// # Errors
///
/// Names the message, field and byte offset of the first violation.
pub fn validate(signal: Signal, bytes: &[u8]) -> Result<Stats, Error> {
    let mut message = schema::request(signal);
    let mut items = 0;
    // What is left of the message being read. Moved only after a whole field was accepted, so on
    // failure it starts with the field at fault.
    let mut rest = bytes;
    // The enclosing messages and what is left of each.
    let mut outer: [(&MessageType, &[u8]); MAX_DEPTH] = [(message, &[]); MAX_DEPTH];
    let mut depth = 0;
    loop {
        let Some((&tag, value)) = rest.split_first() else {
            if depth == 0 {
                return Ok(Stats { items });
            }
            depth -= 1;
            (message, rest) = outer[depth];
            continue;
        };
        let (action, value) = match ACTIONS[message.id as usize].get(usize::from(tag)) {
            Some(&action) => (action, value),
            None => match long_key(message, rest) {
                Some(found) => found,
                None => return Err(fail(bytes, message, rest, ErrorKind::Malformed, "bad tag")),
            },
        };
        let next = match action {
            VARINT => skip_varint(value),
            FIXED64 => value.get(8..),
            FIXED32 => value.get(4..),
            STRING => match split(value) {
                Some((text, next)) if is_utf8(text) => Some(next),
                Some(_) => return Err(fail(bytes, message, rest, ErrorKind::Utf8, "not UTF-8")),
                None => None,
            },
            BYTES => split(value).map(|(_, next)| next),
            FIRST_MESSAGE.. => match split(value) {
                Some((child, next)) => {
                    let Some(slot) = outer.get_mut(depth) else {
                        return Err(fail(
                            bytes,
                            message,
                            rest,
                            ErrorKind::Depth,
                            "nested too deeply",
                        ));
                    };
                    *slot = (message, next);
                    depth += 1;
                    message = &MESSAGES[usize::from(action - FIRST_MESSAGE)];
                    items += u64::from(message.is_item);
                    Some(child)
                }
                None => None,
            },
            PACKED_VARINT => split(value)
                .filter(|(values, _)| are_varints(values))
                .map(|(_, next)| next),
            PACKED_FIXED64 => split(value)
                .filter(|(values, _)| values.len() % 8 == 0)
                .map(|(_, next)| next),
            PACKED_FIXED32 => split(value)
                .filter(|(values, _)| values.len() % 4 == 0)
                .map(|(_, next)| next),
            _ => return Err(refuse_key(bytes, message, rest)),
        };
        match next {
            Some(next) => rest = next,
            None => {
                return Err(fail(
                    bytes,
                    message,
                    rest,
                    ErrorKind::Malformed,
                    "cut short or bad length",
                ));
            }
        }
    }
}

/// Returns what to do for a key of more than one byte, and what follows the key.
fn long_key<'a>(message: &'static MessageType, field: &'a [u8]) -> Option<(u8, &'a [u8])> {
    let mut value = field;
    let (number, wire_type) = key(&mut value)?;
    Some((action(message, number, wire_type), value))
}

/// Returns what follows a varint.
#[inline]
fn skip_varint(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [first, next @ ..] if *first < 0x80 => Some(next),
        _ => varint(bytes).map(|(_, next)| next),
    }
}

fn varint(mut bytes: &[u8]) -> Option<(u64, &[u8])> {
    let value = decode_varint(&mut bytes).ok()?;
    Some((value, bytes))
}

/// Splits a length-delimited value from what follows it.
#[inline]
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [first, next @ ..] if *first < 0x80 => next.split_at_checked(usize::from(*first)),
        _ => {
            let (length, next) = varint(bytes)?;
            next.split_at_checked(usize::try_from(length).ok()?)
        }
    }
}

#[inline]
fn is_utf8(text: &[u8]) -> bool {
    text.is_ascii() || std::str::from_utf8(text).is_ok()
}

fn are_varints(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match skip_varint(bytes) {
            Some(next) => bytes = next,
            None => return false,
        }
    }
    true
}

/// Explains why the key at the start of `field` was refused.
#[cold]
fn refuse_key(bytes: &[u8], message: &'static MessageType, field: &[u8]) -> Error {
    let mut rest = field;
    let (kind, reason) = match key(&mut rest) {
        Some((number, _)) if message.field(number).is_some() => {
            (ErrorKind::Type, "wrong wire type")
        }
        Some((1.., 3 | 4)) => (ErrorKind::Malformed, "groups are not supported"),
        _ => (ErrorKind::Malformed, "bad tag"),
    };
    fail(bytes, message, field, kind, reason)
}

/// Makes the error for `field`, a part of `bytes` that starts with a field's key.
#[cold]
fn fail(
    bytes: &[u8],
    message: &'static MessageType,
    field: &[u8],
    kind: ErrorKind,
    reason: &'static str,
) -> Error {
    let offset = field.as_ptr() as usize - bytes.as_ptr() as usize;
    let mut rest = field;
    let number = key(&mut rest).map(|(number, _)| number);
    let place = match (number.and_then(|number| message.field(number)), number) {
        (Some(known), _) => format!("{}.{} at byte {offset}", message.name, known.name),
        (None, Some(number @ 1..)) => format!("{} field {number} at byte {offset}", message.name),
        _ => format!("{} at byte {offset}", message.name),
    };
    Error::new(kind, place, reason)
}

#[cfg(test)]
mod tests;
