// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Parser of submission frames, which the host writes.
//!
//! The fixed part is parsed first, as [`Header`]; it tells how many bytes of context follow. All
//! numbers are little-endian, at the offsets of [`layout::frame`](crate::layout::frame).

mod context;
mod header;

use crate::layout::ABI_VERSION;

pub use self::context::{ContextView, EntryName, FrameEntry};
pub use self::header::{Header, TraceIds};

/// Refusal of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame has another version of the native interface.
    #[error("the frame has version {0} of the native interface, this library has {ABI_VERSION}")]
    Version(u16),
    /// A length or offset lies outside the frame.
    #[error("the frame is malformed: {0}")]
    Malformed(&'static str),
}

#[cfg(test)]
mod tests;
