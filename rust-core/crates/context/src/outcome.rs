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

impl Success {
    pub(crate) fn about_a_batch(&self) -> Self {
        let said = self.message.as_deref().unwrap_or("no reason given");
        let rejected = self.rejected_items;
        let message = format!(
            "of the batch that the data was part of, {rejected} items were rejected: {said}"
        );
        Self {
            rejected_items: 0,
            message: Some(message.into()),
        }
    }
}

/// How a call ended.
pub type Outcome = Result<Success, Error>;

/// Where a call's time went, in nanoseconds, and how often it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for the pipeline.
    pub queued: u64,
    /// In the pipeline before export.
    pub processing: u64,
    /// Exporting.
    pub exporting: u64,
    /// Attempts to export.
    pub attempts: u32,
}
