// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Context of a frame: what comes between the fixed part and the payload.

use std::ops::Range;

use super::FrameError;
use super::header::Header;
use crate::layout::{WELL_KNOWN_NAMES, frame as at};

/// Name of a metadata entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryName<'a> {
    /// The name itself, lower-case ASCII.
    Text(&'a [u8]),
    /// Its index in [`WELL_KNOWN_NAMES`].
    WellKnown(u16),
}

/// One metadata entry of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameEntry<'a> {
    /// The name.
    pub name: EntryName<'a>,
    /// Offset of the value in the context; the name's text, if there is one, ends here.
    pub value_start: usize,
    /// The value's bytes.
    pub value: &'a [u8],
    /// Whether the value is binary.
    pub binary: bool,
    /// Whether the value is a credential.
    pub sensitive: bool,
}

/// View of a frame's context: metadata index, tracestate, attributes and metadata text. The lengths
/// were checked; the entries are while they are read.
#[derive(Debug, Clone, Copy)]
pub struct ContextView<'a> {
    bytes: &'a [u8],
    index_length: usize,
    trace_state: &'a str,
    attributes_start: usize,
    attributes_end: usize,
}

impl<'a> ContextView<'a> {
    /// Parses the context bytes (as copied) that belong to `header`.
    ///
    /// # Errors
    /// If a length lies outside the context, or if tracestate is not ASCII.
    pub fn parse(header: &Header, context: &'a [u8]) -> Result<Self, FrameError> {
        let index_length = header.metadata_count() * at::INDEX_ENTRY_LENGTH;
        if context.len() < index_length {
            return Err(FrameError::Malformed("metadata index"));
        }
        let attributes_start = index_length.saturating_add(header.trace_state_length());
        let trace_state = context
            .get(index_length..attributes_start)
            .ok_or(FrameError::Malformed("tracestate length"))?;
        let attributes_end = attributes_start.saturating_add(header.attributes_length());
        if context.len() < attributes_end {
            return Err(FrameError::Malformed("attributes length"));
        }
        let trace_state = str::from_utf8(trace_state)
            .ok()
            .filter(|state| state.is_ascii())
            .ok_or(FrameError::Malformed("tracestate is not ASCII"))?;
        if index_length == 0 && attributes_end != context.len() {
            return Err(TEXT_BEHIND);
        }
        Ok(Self {
            bytes: context,
            index_length,
            trace_state,
            attributes_start,
            attributes_end,
        })
    }

    /// The `tracestate` header, empty if there is none.
    #[must_use]
    pub fn trace_state(&self) -> &'a str {
        self.trace_state
    }

    /// Range of the attributes' JSON in the context; not parsed.
    #[must_use]
    pub fn attributes(&self) -> Range<usize> {
        self.attributes_start..self.attributes_end
    }

    /// The metadata entries in their order; read all, or errors go unnoticed. Each is an error if
    /// it lies outside the context or if its name is not a lower-case token, the last one also if
    /// text is left behind it.
    pub fn entries(&self) -> impl Iterator<Item = Result<FrameEntry<'a>, FrameError>> + use<'a> {
        let bytes = self.bytes;
        let mut position = self.attributes_end;
        let mut index = bytes[..self.index_length].chunks_exact(at::INDEX_ENTRY_LENGTH);
        std::iter::from_fn(move || {
            let entry = split_entry(index.next()?, bytes, position);
            Some(match entry {
                Some(entry) => {
                    position = entry.value_start + entry.value.len();
                    if index.len() == 0 && position != bytes.len() {
                        Err(TEXT_BEHIND)
                    } else {
                        Ok(entry)
                    }
                }
                None => Err(FrameError::Malformed("metadata entry")),
            })
        })
    }
}

const TEXT_BEHIND: FrameError = FrameError::Malformed("text behind the metadata");

fn split_entry<'a>(index: &[u8], bytes: &'a [u8], position: usize) -> Option<FrameEntry<'a>> {
    let name = u16::from_le_bytes([index[0], index[1]]);
    let flags = usize::from(u16::from_le_bytes([index[2], index[3]]));
    let value_length = u32::from_le_bytes([index[4], index[5], index[6], index[7]]) as usize;
    let (name, value_start) = if flags & at::ENTRY_WELL_KNOWN != 0 {
        if usize::from(name) >= WELL_KNOWN_NAMES.len() {
            return None;
        }
        (EntryName::WellKnown(name), position)
    } else {
        let value_start = position + usize::from(name);
        let name = bytes.get(position..value_start)?;
        if name.is_empty() || !name.iter().copied().all(is_name_byte) {
            return None;
        }
        (EntryName::Text(name), value_start)
    };
    Some(FrameEntry {
        name,
        value_start,
        value: bytes.get(value_start..value_start.saturating_add(value_length))?,
        binary: flags & at::ENTRY_BINARY != 0,
        sensitive: flags & at::ENTRY_SENSITIVE != 0,
    })
}

/// Whether a byte is a lower-case `tchar` of RFC 9110, section 5.6.2. Names are checked in place;
/// `http::HeaderName` would copy each.
pub(super) fn is_name_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}
