// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! How a call ended.

use crate::Error;

/// A delivered call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Success {
    /// Items that the downstream rejected.
    pub rejected_items: i64,
    /// Warning, or reason of the rejection.
    pub message: Option<Box<str>>,
}

/// How a call ended.
pub type Outcome = Result<Success, Error>;

/// Where a call's time went, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for the pipeline.
    pub queued: u64,
    /// In the pipeline before export.
    pub processing: u64,
    /// Exporting.
    pub exporting: u64,
}
