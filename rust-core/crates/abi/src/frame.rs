// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Reads and validates submission frames.

use std::ops::Range;

use crate::layout::{ABI_VERSION, WELL_KNOWN_NAMES, frame as at};

/// Why a frame was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame has another version of the native interface.
    #[error("the frame has version {0} of the native interface, this library has {ABI_VERSION}")]
    Version(u16),
    /// A length or offset lies outside the frame.
    #[error("the frame is malformed: {0}")]
    Malformed(&'static str),
}

/// The fixed part of a frame, with lengths checked against each other.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    bytes: [u8; at::FIXED_LENGTH],
}

/// Ids of the trace that a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceIds {
    /// Trace id in W3C order.
    pub trace_id: [u8; 16],
    /// Span id in W3C order.
    pub span_id: [u8; 8],
    /// W3C trace flags.
    pub flags: u8,
    /// Whether the trace came from another process.
    pub remote: bool,
}

impl Header {
    /// Checks the fixed part of a frame of `frame_length` bytes.
    ///
    /// # Errors
    /// If the version differs, or if lengths contradict each other or `frame_length`.
    pub fn parse(bytes: [u8; at::FIXED_LENGTH], frame_length: usize) -> Result<Self, FrameError> {
        let header = Self { bytes };
        let version = header.u16(at::VERSION_OFFSET);
        if version != ABI_VERSION {
            return Err(FrameError::Version(version));
        }
        if header.u32(at::FRAME_LENGTH_OFFSET) != frame_length {
            return Err(FrameError::Malformed("frame length"));
        }
        if header.call_id() == 0 {
            return Err(FrameError::Malformed("call id is zero"));
        }
        if header.u32(at::RESERVED_OFFSET) != 0 {
            return Err(FrameError::Malformed("reserved bytes"));
        }
        if header.metadata_count() > at::MAX_METADATA_COUNT {
            return Err(FrameError::Malformed("too many metadata entries"));
        }
        if header.context_length() > at::MAX_CONTEXT_LENGTH {
            return Err(FrameError::Malformed("context too long"));
        }
        let end = if header.payload_handle() == 0 {
            header.payload_start().checked_add(header.payload_length())
        } else {
            Some(header.payload_start())
        };
        if end != Some(frame_length) {
            return Err(FrameError::Malformed("payload length"));
        }
        Ok(header)
    }

    /// The call's id.
    #[must_use]
    pub fn call_id(&self) -> u64 {
        self.u64(at::CALL_ID_OFFSET)
    }

    /// Nanoseconds left, if the call has a deadline; zero or negative once expired.
    #[must_use]
    pub fn remaining_nanos(&self) -> Option<i64> {
        self.has(at::FLAG_DEADLINE)
            .then(|| self.u64(at::REMAINING_NANOS_OFFSET).cast_signed())
    }

    /// The trace that the call belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<TraceIds> {
        self.has(at::FLAG_TRACE).then(|| TraceIds {
            trace_id: self.array(at::TRACE_ID_OFFSET),
            span_id: self.array(at::SPAN_ID_OFFSET),
            flags: self.bytes[at::TRACE_FLAGS_OFFSET],
            remote: self.has(at::FLAG_TRACE_REMOTE),
        })
    }

    /// Number of the signal.
    #[must_use]
    pub fn signal(&self) -> u8 {
        self.bytes[at::SIGNAL_OFFSET]
    }

    /// Number of the encoding.
    #[must_use]
    pub fn encoding(&self) -> u8 {
        self.bytes[at::ENCODING_OFFSET]
    }

    /// Number of the content coding.
    #[must_use]
    pub fn coding(&self) -> u8 {
        self.bytes[at::CODING_OFFSET]
    }

    /// Index of the pipeline.
    #[must_use]
    pub fn pipeline(&self) -> usize {
        self.u32(at::PIPELINE_OFFSET)
    }

    /// Handle of the reserved payload, 0 if the payload is inline.
    #[must_use]
    pub fn payload_handle(&self) -> u64 {
        self.u64(at::PAYLOAD_HANDLE_OFFSET)
    }

    /// Bytes of the payload.
    #[must_use]
    pub fn payload_length(&self) -> usize {
        self.u32(at::PAYLOAD_LENGTH_OFFSET)
    }

    /// Bytes of index and text.
    #[must_use]
    pub fn context_length(&self) -> usize {
        self.u32(at::CONTEXT_LENGTH_OFFSET)
    }

    /// Offset at which the payload starts.
    #[must_use]
    pub fn payload_start(&self) -> usize {
        (at::FIXED_LENGTH + self.context_length()).next_multiple_of(at::PAYLOAD_ALIGNMENT)
    }

    /// Number of metadata entries.
    #[must_use]
    pub fn metadata_count(&self) -> usize {
        self.u32(at::METADATA_COUNT_OFFSET)
    }

    fn has(&self, flag: usize) -> bool {
        usize::from(self.u16(at::FLAGS_OFFSET)) & flag != 0
    }

    fn array<const N: usize>(&self, offset: usize) -> [u8; N] {
        let mut value = [0; N];
        value.copy_from_slice(&self.bytes[offset..offset + N]);
        value
    }

    fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.array(offset))
    }

    fn u32(&self, offset: usize) -> usize {
        u32::from_le_bytes(self.array(offset)) as usize
    }

    fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.array(offset))
    }
}

/// Where a metadata entry's name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryName<'a> {
    /// The name itself, lower-case ASCII.
    Text(&'a [u8]),
    /// A number in [`WELL_KNOWN_NAMES`].
    WellKnown(u16),
}

/// One metadata entry of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The name.
    pub name: EntryName<'a>,
    /// Where the value starts in the context; the name's text, if there is one, ends here.
    pub value_start: usize,
    /// The value's bytes.
    pub value: &'a [u8],
    /// Whether the value is binary.
    pub binary: bool,
    /// Whether the value is a credential.
    pub sensitive: bool,
}

/// The context of a frame: index and text, validated against their lengths; the entries are
/// validated while they are read.
#[derive(Debug, Clone, Copy)]
pub struct ContextView<'a> {
    bytes: &'a [u8],
    index_length: usize,
    trace_state: &'a str,
    attributes_start: usize,
    attributes_end: usize,
}

impl<'a> ContextView<'a> {
    /// Checks the context bytes (as copied) that belong to `header`.
    ///
    /// # Errors
    /// If a length lies outside the context, or if tracestate is not ASCII.
    pub fn parse(header: &Header, context: &'a [u8]) -> Result<Self, FrameError> {
        let index_length = header.metadata_count() * at::INDEX_ENTRY_LENGTH;
        if context.len() < index_length {
            return Err(FrameError::Malformed("metadata index"));
        }
        let attributes_start =
            index_length.saturating_add(header.u32(at::TRACE_STATE_LENGTH_OFFSET));
        let trace_state = context
            .get(index_length..attributes_start)
            .ok_or(FrameError::Malformed("tracestate length"))?;
        let attributes_end =
            attributes_start.saturating_add(header.u32(at::ATTRIBUTES_LENGTH_OFFSET));
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

    /// Where the attributes' JSON lies in the context; not yet looked at.
    #[must_use]
    pub fn attributes(&self) -> Range<usize> {
        self.attributes_start..self.attributes_end
    }

    /// The metadata entries in their order; read all, or errors go unnoticed. Each is an error if
    /// it lies outside the context or if its name is not a lower-case token, the last one also if
    /// text is left behind it.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry<'a>, FrameError>> + use<'a> {
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

fn split_entry<'a>(index: &[u8], bytes: &'a [u8], position: usize) -> Option<Entry<'a>> {
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
    Some(Entry {
        name,
        value_start,
        value: bytes.get(value_start..value_start.saturating_add(value_length))?,
        binary: flags & at::ENTRY_BINARY != 0,
        sensitive: flags & at::ENTRY_SENSITIVE != 0,
    })
}

/// Lower-case `tchar` of RFC 9110, section 5.6.2.
fn is_name_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests;
