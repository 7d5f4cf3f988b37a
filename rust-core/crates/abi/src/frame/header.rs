// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Fixed part of a frame.

use super::FrameError;
use crate::layout::{ABI_VERSION, frame as at};

/// Fixed part of a frame, whose lengths were checked against each other. What depends on more than
/// the frame (signal, encoding, pipeline, handle) is not checked.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    bytes: [u8; at::FIXED_LENGTH],
}

/// Span that a call belongs to, without `tracestate`.
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
    /// Parses the fixed part of a frame of `frame_length` bytes.
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

    /// The call's id; never zero.
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

    /// The span that the call belongs to, if the caller has one.
    #[must_use]
    pub fn trace(&self) -> Option<TraceIds> {
        self.has(at::FLAG_TRACE).then(|| TraceIds {
            trace_id: self.array(at::TRACE_ID_OFFSET),
            span_id: self.array(at::SPAN_ID_OFFSET),
            flags: self.bytes[at::TRACE_FLAGS_OFFSET],
            remote: self.has(at::FLAG_TRACE_REMOTE),
        })
    }

    /// Number of the signal: 1 traces, 2 metrics, 3 logs, or unknown.
    #[must_use]
    pub fn signal(&self) -> u8 {
        self.bytes[at::SIGNAL_OFFSET]
    }

    /// Number of the encoding: 1 OTLP protobuf, 2 OTLP JSON, 3 lenient OTLP JSON, or unknown.
    #[must_use]
    pub fn encoding(&self) -> u8 {
        self.bytes[at::ENCODING_OFFSET]
    }

    /// Number of the content coding: 0 identity, 1 gzip, 2 deflate, 3 zstd, or unknown.
    #[must_use]
    pub fn coding(&self) -> u8 {
        self.bytes[at::CODING_OFFSET]
    }

    /// Index of the pipeline, from 0.
    #[must_use]
    pub fn pipeline(&self) -> usize {
        self.u32(at::PIPELINE_OFFSET)
    }

    /// Handle of the reserved payload, 0 if the payload is inline.
    #[must_use]
    pub fn payload_handle(&self) -> u64 {
        self.u64(at::PAYLOAD_HANDLE_OFFSET)
    }

    /// Length of the payload in bytes, inline or reserved.
    #[must_use]
    pub fn payload_length(&self) -> usize {
        self.u32(at::PAYLOAD_LENGTH_OFFSET)
    }

    /// Length of the context (metadata index and text) in bytes, at most
    /// [`MAX_CONTEXT_LENGTH`](at::MAX_CONTEXT_LENGTH).
    #[must_use]
    pub fn context_length(&self) -> usize {
        self.u32(at::CONTEXT_LENGTH_OFFSET)
    }

    /// Offset in the frame at which an inline payload starts.
    #[must_use]
    pub fn payload_start(&self) -> usize {
        (at::FIXED_LENGTH + self.context_length()).next_multiple_of(at::PAYLOAD_ALIGNMENT)
    }

    /// Number of metadata entries, at most [`MAX_METADATA_COUNT`](at::MAX_METADATA_COUNT).
    #[must_use]
    pub fn metadata_count(&self) -> usize {
        self.u32(at::METADATA_COUNT_OFFSET)
    }

    pub(super) fn trace_state_length(&self) -> usize {
        self.u32(at::TRACE_STATE_LENGTH_OFFSET)
    }

    pub(super) fn attributes_length(&self) -> usize {
        self.u32(at::ATTRIBUTES_LENGTH_OFFSET)
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
